// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the stub of libk4a share.

#pragma once

#include "control.h"
#include "k4a_abi.h"

struct device {
    int number;         // of the camera, whatever its index is now
    int64_t generation; // of its cable: a camera that was unplugged since is lost
    bool closed, cameras_on, imu_on;
    bool asked, claimed; // a Femto is claimed when it is first asked something
    k4a_device_configuration_t config;
    int64_t started_ns, imu_started_ns;
    int64_t next_frame, next_sample;
};

// k4a_device.c: the camera behind a handle, or NULL when it is closed (a violation) or gone.
struct device *device_of(k4a_device_t handle, const char *function);
bool is_lost(struct device *device);
int64_t device_setting(struct device *device, const char *name);
// k4a_log.c: what the library says; fails with the line that the test gave for the function.
void log_line(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_elsewhere(const char *text); // on a thread of the library, and waits for it
int failed(const char *function, int result);
// k4a_controls.c: value of a color control of a camera; 0 when automatic.
int manual_value(struct device *device, int command);
bool jack(struct device *device, const char *name);
// k4a_validation.c: whether start_cameras takes a configuration; says why not.
bool is_valid(struct device *device, const k4a_device_configuration_t *config);
int64_t period_usec(int fps);
// k4a_frames.c: the capture of that number.
k4a_capture_t make_frame(struct device *device, int64_t frame, int64_t system_ns);
// k4a_handles.c: the real constructors, counted.
int make_capture(k4a_capture_t *capture);
int make_image(int format, int width, int height, int stride, uint8_t *buffer, size_t size,
               k4a_memory_destroy_cb_t *release, void *context, k4a_image_t *image);
