// SPDX-License-Identifier: Apache-2.0
//
// libk4abt: a tracker with a bounded queue. Settings:
//   k4abt.queue          frames that are inside at most; default 3
//   k4abt.latency_usec   time that a frame takes
//   k4abt.smoothing      the last factor given, in millionths (shown here)
// Counted here: handles.trackers, violations (calls with what was given back).
// The log goes to the file of K4ABT_ENABLE_LOG_TO_A_FILE, as the real library's does.

#define _GNU_SOURCE
#include "k4abt_stub.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAPACITY 64

struct tracker {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t worker;
    k4a_capture_t waiting[CAPACITY];
    struct frame *done[CAPACITY];
    int waiting_count, done_count, inside;
    bool shut_down, working, destroyed;
};

void *k4a(const char *name)
{
    void *library = dlopen("libk4a.so.1.4", RTLD_LAZY | RTLD_NOLOAD);
    if (library == NULL)
        library = dlopen(REAL_K4A, RTLD_LAZY);
    void *function = library ? dlsym(library, name) : NULL;
    if (function == NULL) {
        fprintf(stderr, "stub: %s: %s\n", name, dlerror());
        abort();
    }
    return function;
}

int failed(const char *function, int result)
{
    static FILE *file; // opened with the first line, as the real library does
    const char *path = getenv("K4ABT_ENABLE_LOG_TO_A_FILE");
    const char *text = control_failure_log(function);
    if (file == NULL && path && text[0])
        file = fopen(path, "a");
    if (file && text[0]) {
        fprintf(file, "[2020-01-01 00:00:00.000] [error] [t=1] stub (1): %s\n", text);
        fflush(file);
    }
    return result;
}

static bool can_run(const k4a_calibration_t *calibration, const k4abt_tracker_configuration_t *c)
{
    int mode = calibration->depth_mode;
    if (mode <= DEPTH_OFF || mode >= PASSIVE_IR || c->processing_mode == GPU_DIRECTML)
        return false;
#ifndef K4ABT_1_0
    return access(c->model_path ? c->model_path : "dnn_model_2_0_op11.onnx", R_OK) == 0;
#else
    return true;
#endif
}

static void *work(void *argument)
{
    struct tracker *tracker = argument;
    pthread_mutex_lock(&tracker->lock);
    while (true) {
        while (tracker->waiting_count == 0 && !tracker->shut_down)
            pthread_cond_wait(&tracker->changed, &tracker->lock);
        if (tracker->waiting_count == 0)
            break;
        k4a_capture_t capture = tracker->waiting[0];
        memmove(tracker->waiting, tracker->waiting + 1,
                (size_t)--tracker->waiting_count * sizeof capture);
        tracker->working = true;
        pthread_mutex_unlock(&tracker->lock);
        sleep_ns(control_get("k4abt.latency_usec") * 1000);
        struct frame *frame = track(capture);
        pthread_mutex_lock(&tracker->lock);
        tracker->done[tracker->done_count++] = frame;
        tracker->working = false;
        pthread_cond_broadcast(&tracker->changed);
    }
    pthread_cond_broadcast(&tracker->changed);
    pthread_mutex_unlock(&tracker->lock);
    return NULL;
}

EXPORT int k4abt_tracker_create(const k4a_calibration_t *calibration,
                                k4abt_tracker_configuration_t config, k4abt_tracker_t *out)
{
    const char *name = "k4abt_tracker_create";
#ifndef K4ABT_1_0
    const char *model = config.model_path ? config.model_path : "(null)";
#else
    const char *model = "(none)";
#endif
    int result = control_call(name, "orientation=%d mode=%d gpu=%d depth=%d color=%d model=%s",
                              config.sensor_orientation, config.processing_mode,
                              config.gpu_device_id, calibration->depth_mode,
                              calibration->color_resolution, model);
    if (result != SUCCEEDED || !can_run(calibration, &config))
        return failed(name, result ? result : FAILED);
    struct tracker *tracker = calloc(1, sizeof *tracker); // never freed: late calls are noticed
    pthread_mutex_init(&tracker->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&tracker->changed, &monotonic);
    pthread_create(&tracker->worker, NULL, work, tracker);
    control_add("handles.trackers", 1);
    *out = tracker;
    return SUCCEEDED;
}

EXPORT void k4abt_tracker_set_temporal_smoothing(k4abt_tracker_t tracker, float factor)
{
    control_call("k4abt_tracker_set_temporal_smoothing", "%g", (double)factor);
    control_add("violations", tracker == NULL || tracker->destroyed);
    control_entry("k4abt.smoothing")->value = (int64_t)((double)factor * 1e6 + 0.5);
}

EXPORT void k4abt_tracker_shutdown(k4abt_tracker_t tracker)
{
    control_call("k4abt_tracker_shutdown", "");
    if (tracker == NULL || tracker->destroyed) {
        control_add("violations", 1);
        return;
    }
    pthread_mutex_lock(&tracker->lock);
    tracker->shut_down = true;
    pthread_cond_broadcast(&tracker->changed);
    pthread_mutex_unlock(&tracker->lock);
}

EXPORT void k4abt_tracker_destroy(k4abt_tracker_t tracker)
{
    control_call("k4abt_tracker_destroy", "");
    if (tracker == NULL || tracker->destroyed || !tracker->shut_down) {
        control_add("violations", 1);
        return;
    }
    pthread_join(tracker->worker, NULL);
    while (tracker->done_count > 0)
        k4abt_frame_release(tracker->done[--tracker->done_count]);
    tracker->destroyed = true;
    control_add("handles.trackers", -1);
}

// Wait for a change until the end; false when it is over. Negative timeouts wait for ever.
static bool wait_change(struct tracker *tracker, int64_t start, int timeout_ms)
{
    if (timeout_ms < 0)
        return pthread_cond_wait(&tracker->changed, &tracker->lock) == 0;
    int64_t end = start + timeout_ms * INT64_C(1000000);
    struct timespec until = {end / 1000000000, end % 1000000000};
    return pthread_cond_timedwait(&tracker->changed, &tracker->lock, &until) != ETIMEDOUT;
}

static bool lacks_image(k4a_capture_t capture)
{
    k4a_image_t depth = K4A(k4a_capture_get_depth_image)(capture);
    k4a_image_t ir = K4A(k4a_capture_get_ir_image)(capture);
    if (depth)
        K4A(k4a_image_release)(depth);
    if (ir)
        K4A(k4a_image_release)(ir);
    return depth == NULL || ir == NULL;
}

EXPORT int k4abt_tracker_enqueue_capture(k4abt_tracker_t tracker, k4a_capture_t capture,
                                         int32_t timeout_ms)
{
    const char *name = "k4abt_tracker_enqueue_capture";
    int64_t start = monotonic_ns(), queue = control_get("k4abt.queue");
    int result = control_call(name, "%p %d", (void *)capture, timeout_ms);
    if (result == SUCCEEDED && (tracker->destroyed || lacks_image(capture)))
        result = FAILED;
    if (result != SUCCEEDED)
        return failed(name, result);
    pthread_mutex_lock(&tracker->lock);
    while (!tracker->shut_down && tracker->inside >= (queue ? queue : 3))
        if (!wait_change(tracker, start, timeout_ms)) {
            result = TIMED_OUT;
            break;
        }
    if (tracker->shut_down)
        result = FAILED;
    if (result == SUCCEEDED) {
        K4A(k4a_capture_reference)(capture);
        tracker->waiting[tracker->waiting_count++] = capture;
        tracker->inside++;
        pthread_cond_broadcast(&tracker->changed);
    }
    pthread_mutex_unlock(&tracker->lock);
    return result;
}

EXPORT int k4abt_tracker_pop_result(k4abt_tracker_t tracker, k4abt_frame_t *frame,
                                    int32_t timeout_ms)
{
    int64_t start = monotonic_ns();
    int result = control_call("k4abt_tracker_pop_result", "%d", timeout_ms);
    if (result != SUCCEEDED || tracker->destroyed)
        return failed("k4abt_tracker_pop_result", result ? result : FAILED);
    pthread_mutex_lock(&tracker->lock);
    while (tracker->done_count == 0 && !(tracker->shut_down && tracker->inside == 0))
        if (!wait_change(tracker, start, timeout_ms)) {
            result = TIMED_OUT;
            break;
        }
    if (tracker->done_count > 0) {
        *frame = tracker->done[0];
        memmove(tracker->done, tracker->done + 1,
                (size_t)--tracker->done_count * sizeof tracker->done[0]);
        tracker->inside--;
        result = SUCCEEDED;
        pthread_cond_broadcast(&tracker->changed);
    } else if (result == SUCCEEDED) {
        result = FAILED;
    }
    pthread_mutex_unlock(&tracker->lock);
    return result;
}
