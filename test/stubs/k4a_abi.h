// SPDX-License-Identifier: Apache-2.0
//
// The part of the ABI of libk4a 1.4 that the stubs need, laid out anew from its description.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

enum { SUCCEEDED, FAILED, TIMED_OUT, TOO_SMALL = 2 };
enum { LOG_CRITICAL, LOG_ERROR, LOG_WARNING, LOG_OFF = 5 };
enum { DEPTH_OFF, NFOV_2X2BINNED, NFOV_UNBINNED, WFOV_2X2BINNED, WFOV_UNBINNED, PASSIVE_IR };
enum { COLOR_OFF, COLOR_720P, COLOR_3072P = 6 };
enum { MJPG, NV12, YUY2, BGRA32, DEPTH16, IR16, CUSTOM8 };
enum { FPS_5, FPS_15, FPS_30 };
enum { STANDALONE, MASTER, SUBORDINATE };
enum { AUTO, MANUAL };

typedef struct device *k4a_device_t;
typedef struct capture *k4a_capture_t;
typedef struct image *k4a_image_t;

typedef void k4a_logging_message_cb_t(void *, int, const char *, int, const char *);
typedef void k4a_memory_destroy_cb_t(void *, void *);

typedef struct {
    int color_format, color_resolution, depth_mode, camera_fps;
    bool synchronized_images_only;
    int32_t depth_delay_off_color_usec;
    int wired_sync_mode;
    uint32_t subordinate_delay_off_master_usec;
    bool disable_streaming_indicator;
} k4a_device_configuration_t;

typedef struct {
    uint32_t major, minor, iteration;
} k4a_version_t;

typedef struct {
    k4a_version_t rgb, depth, audio, depth_sensor;
    int firmware_build, firmware_signature;
} k4a_hardware_version_t;

typedef struct {
    float temperature;
    float acc_sample[3];
    uint64_t acc_timestamp_usec;
    float gyro_sample[3];
    uint64_t gyro_timestamp_usec;
} k4a_imu_sample_t;

typedef struct {
    uint8_t cameras_and_extrinsics[1024];
    int depth_mode;
    int color_resolution;
} k4a_calibration_t;

_Static_assert(sizeof(k4a_device_configuration_t) == 36, "configuration");
_Static_assert(sizeof(k4a_hardware_version_t) == 56, "version");
_Static_assert(sizeof(k4a_imu_sample_t) == 48, "imu sample");
_Static_assert(sizeof(k4a_calibration_t) == 1032, "calibration");

// From the real libk4a, which the stub of libk4a is linked with.
int k4a_calibration_get_from_raw(char *, size_t, int, int, k4a_calibration_t *);
void k4a_image_set_device_timestamp_usec(k4a_image_t, uint64_t);
void k4a_image_set_system_timestamp_nsec(k4a_image_t, uint64_t);
void k4a_image_set_exposure_usec(k4a_image_t, uint64_t);
void k4a_image_set_white_balance(k4a_image_t, uint32_t);
void k4a_image_set_iso_speed(k4a_image_t, uint32_t);
void k4a_capture_set_color_image(k4a_capture_t, k4a_image_t);
void k4a_capture_set_depth_image(k4a_capture_t, k4a_image_t);
void k4a_capture_set_ir_image(k4a_capture_t, k4a_image_t);
void k4a_capture_set_temperature_c(k4a_capture_t, float);

// Counted by the stub (k4a_handles.c) on their way to the real ones.
EXPORT int k4a_capture_create(k4a_capture_t *);
EXPORT void k4a_capture_reference(k4a_capture_t);
EXPORT void k4a_capture_release(k4a_capture_t);
EXPORT k4a_image_t k4a_capture_get_color_image(k4a_capture_t);
EXPORT k4a_image_t k4a_capture_get_depth_image(k4a_capture_t);
EXPORT k4a_image_t k4a_capture_get_ir_image(k4a_capture_t);
EXPORT int k4a_image_create(int, int, int, int, k4a_image_t *);
EXPORT int k4a_image_create_from_buffer(int, int, int, int, uint8_t *, size_t,
                                        k4a_memory_destroy_cb_t *, void *, k4a_image_t *);
EXPORT void k4a_image_reference(k4a_image_t);
EXPORT void k4a_image_release(k4a_image_t);
