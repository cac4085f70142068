// SPDX-License-Identifier: Apache-2.0
//
// Streams: frame n has device time (n + 1) periods and arrives 5 ms later. Settings:
//   device<n>.stall           1: no more captures
//   device<n>.imu_stall       1: no more IMU samples
//   device<n>.silent          1: a subordinate whose master is silent
//   device<n>.pulse_ns        when the first pulse of its master set the clock of a subordinate to 0
//   device<n>.early_usec      what its clock had shown before, when the IMU was started
//   device<n>.lost_after      number of the frame before which the camera is lost (0: never)
//   device<n>.period_usec     frame period instead of the configured one
//   device<n>.imu_rate        Hz; default 1600
// device<n>.config.<field> shows what start_cameras was given.

#define _GNU_SOURCE
#include "k4a_stub.h"

#include <string.h>
#include <time.h>

#define CAPTURE_QUEUE 7
#define IMU_QUEUE 833
#define LATENCY_NS 5000000
#define POLL_NS 500000

static void publish_config(int number, const k4a_device_configuration_t *c)
{
#define SHOW(field) control_entry("device%d.config." #field, number)->value = c->field;
    SHOW(color_format)
    SHOW(color_resolution)
    SHOW(depth_mode)
    SHOW(camera_fps)
    SHOW(synchronized_images_only)
    SHOW(depth_delay_off_color_usec)
    SHOW(wired_sync_mode)
    SHOW(subordinate_delay_off_master_usec)
    SHOW(disable_streaming_indicator)
}

EXPORT int k4a_device_start_cameras(k4a_device_t handle, const k4a_device_configuration_t *config)
{
    int result = control_call("k4a_device_start_cameras", "%d %d %d %d", config->depth_mode,
                              config->color_resolution, config->color_format, config->camera_fps);
    struct device *device = device_of(handle, "k4a_device_start_cameras");
    if (result != SUCCEEDED || device == NULL)
        return failed("k4a_device_start_cameras", result ? result : FAILED);
    bool imu_first = device_setting(device, "femto");
    if (device->cameras_on || (device->imu_on && !imu_first) || !is_valid(device, config))
        return FAILED;
    publish_config(device->number, config);
    device->config = *config;
    device->started_ns = monotonic_ns();
    device->next_frame = 0;
    __atomic_store_n(&device->cameras_on, true, __ATOMIC_RELEASE);
    return SUCCEEDED;
}

EXPORT void k4a_device_stop_cameras(k4a_device_t handle)
{
    control_call("k4a_device_stop_cameras", "");
    if (handle != NULL)
        __atomic_store_n(&handle->cameras_on, false, __ATOMIC_RELEASE);
}

EXPORT int k4a_device_start_imu(k4a_device_t handle)
{
    int result = control_call("k4a_device_start_imu", "");
    struct device *device = device_of(handle, "k4a_device_start_imu");
    if (result != SUCCEEDED || device == NULL)
        return failed("k4a_device_start_imu", result ? result : FAILED);
    if (device->imu_on)
        return FAILED;
    if (!device->cameras_on && !device_setting(device, "femto")) {
        log_line(LOG_ERROR, "k4a_device_start_imu called while the color/depth camera is not "
                            "running is not supported");
        return FAILED;
    }
    device->imu_started_ns = monotonic_ns();
    device->next_sample = 0;
    __atomic_store_n(&device->imu_on, true, __ATOMIC_RELEASE);
    return SUCCEEDED;
}

EXPORT void k4a_device_stop_imu(k4a_device_t handle)
{
    control_call("k4a_device_stop_imu", "");
    if (handle != NULL)
        __atomic_store_n(&handle->imu_on, false, __ATOMIC_RELEASE);
}

static int64_t frame_period_ns(struct device *device)
{
    int64_t usec = device_setting(device, "period_usec");
    return (usec ? usec : period_usec(device->config.camera_fps)) * 1000;
}

static int64_t frame_due_ns(struct device *device, int64_t frame)
{
    return device->started_ns + (frame + 1) * frame_period_ns(device) + LATENCY_NS;
}

static bool withheld(struct device *device)
{
    bool waits = device->config.wired_sync_mode == SUBORDINATE && device_setting(device, "silent");
    return waits || device_setting(device, "stall");
}

static bool dropped_out(struct device *device)
{
    int64_t last = device_setting(device, "lost_after");
    return is_lost(device) || (last > 0 && device->next_frame >= last);
}

// Wait until something is due; SUCCEEDED, FAILED when stopped or lost, or TIMED_OUT.
static int wait_for(struct device *device, bool *running, int64_t due, bool (*held)(struct device *),
                    int timeout_ms)
{
    int64_t end = monotonic_ns() + timeout_ms * INT64_C(1000000);
    while (true) {
        if (!__atomic_load_n(running, __ATOMIC_ACQUIRE) || device->closed || dropped_out(device))
            return FAILED;
        int64_t now = monotonic_ns();
        if (now >= due && !held(device))
            return SUCCEEDED;
        if (timeout_ms >= 0 && now >= end)
            return TIMED_OUT;
        sleep_ns(POLL_NS);
    }
}

static int64_t host_time_ns(struct device *device, int64_t arrival)
{
    if (!device_setting(device, "femto"))
        return arrival;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t epoch = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + arrival - monotonic_ns();
    return epoch / 1000000 * 1000000;
}

static void say_lost(void)
{
    log_elsewhere("USB transfer was not successful, result:LIBUSB_TRANSFER_NO_DEVICE");
    log_line(LOG_ERROR, "capturesync_get_capture() returned failure");
}

EXPORT int k4a_device_get_capture(k4a_device_t handle, k4a_capture_t *capture, int32_t timeout_ms)
{
    int result = control_call("k4a_device_get_capture", "%d", timeout_ms);
    struct device *device = device_of(handle, "k4a_device_get_capture");
    if (device == NULL)
        say_lost();
    if (result != SUCCEEDED || device == NULL)
        return failed("k4a_device_get_capture", result ? result : FAILED);
    int64_t pulse_ns = device_setting(device, "pulse_ns");
    if (pulse_ns > device->started_ns) {
        device->started_ns = pulse_ns;
        device->next_frame = 0;
    }
    result = wait_for(device, &device->cameras_on, frame_due_ns(device, device->next_frame),
                      withheld, timeout_ms);
    if (result == FAILED && is_lost(device))
        say_lost();
    if (result != SUCCEEDED)
        return result;
    int64_t newest = (monotonic_ns() - LATENCY_NS - device->started_ns) / frame_period_ns(device) - 1;
    if (device->next_frame < newest - (CAPTURE_QUEUE - 1))
        device->next_frame = newest - (CAPTURE_QUEUE - 1);
    int64_t frame = device->next_frame++;
    *capture = make_frame(device, frame, host_time_ns(device, frame_due_ns(device, frame)));
    return *capture ? SUCCEEDED : FAILED;
}

static bool imu_withheld(struct device *device)
{
    return device_setting(device, "imu_stall");
}

static int64_t imu_usec(struct device *device, int64_t due_ns)
{
    int64_t pulse_ns = device_setting(device, "pulse_ns");
    if (pulse_ns > device->imu_started_ns && due_ns > pulse_ns)
        return (due_ns - pulse_ns) / 1000;
    return (due_ns - device->imu_started_ns) / 1000 + device_setting(device, "early_usec");
}

EXPORT int k4a_device_get_imu_sample(k4a_device_t handle, k4a_imu_sample_t *sample,
                                     int32_t timeout_ms)
{
    int result = control_call("k4a_device_get_imu_sample", "%d", timeout_ms);
    struct device *device = device_of(handle, "k4a_device_get_imu_sample");
    if (result != SUCCEEDED || device == NULL)
        return failed("k4a_device_get_imu_sample", result ? result : FAILED);
    int64_t rate = device_setting(device, "imu_rate");
    int64_t period = 1000000000 / (rate ? rate : 1600);
    int64_t due = device->imu_started_ns + (device->next_sample + 1) * period;
    result = wait_for(device, &device->imu_on, due, imu_withheld, timeout_ms);
    if (result != SUCCEEDED)
        return result;
    int64_t newest = (monotonic_ns() - device->imu_started_ns) / period - 1;
    if (device->next_sample < newest - (IMU_QUEUE - 1))
        device->next_sample = newest - (IMU_QUEUE - 1);
    int64_t number = device->next_sample++;
    float step = (float)(number % 1024) / 1024.0f;
    memset(sample, 0, sizeof *sample);
    sample->temperature = 31.5f;
    sample->acc_sample[0] = step;
    sample->acc_sample[1] = -step;
    sample->acc_sample[2] = -9.8125f;
    sample->gyro_sample[0] = 2 * step;
    sample->gyro_sample[1] = 0.5f;
    sample->gyro_sample[2] = -0.25f;
    due = device->imu_started_ns + (number + 1) * period;
    sample->acc_timestamp_usec = (uint64_t)imu_usec(device, due);
    sample->gyro_timestamp_usec = sample->acc_timestamp_usec + 7;
    return SUCCEEDED;
}
