// SPDX-License-Identifier: Apache-2.0
//
// The ABI of libk4abt 1.1 (and 1.0, with K4ABT_1_0), laid out anew from its description.

#pragma once

#include "k4a_abi.h"

typedef struct tracker *k4abt_tracker_t;
typedef struct frame *k4abt_frame_t;

enum { GPU, CPU, GPU_CUDA, GPU_TENSORRT, GPU_DIRECTML };

typedef struct {
    int sensor_orientation;
    int processing_mode;
    int32_t gpu_device_id;
#ifndef K4ABT_1_0
    const char *model_path;
#endif
} k4abt_tracker_configuration_t;

typedef struct {
    float position[3];    // millimetres
    float orientation[4]; // w x y z
    int confidence;
} k4abt_joint_t;

typedef struct {
    k4abt_joint_t joints[32];
} k4abt_skeleton_t;

typedef struct {
    uint32_t id;
    k4abt_skeleton_t skeleton;
} k4abt_body_t;

#ifdef K4ABT_1_0
_Static_assert(sizeof(k4abt_tracker_configuration_t) == 12, "configuration");
#else
_Static_assert(sizeof(k4abt_tracker_configuration_t) == 24, "configuration");
#endif
_Static_assert(sizeof(k4abt_joint_t) == 32, "joint");
_Static_assert(sizeof(k4abt_skeleton_t) == 1024, "skeleton");
_Static_assert(sizeof(k4abt_body_t) == 1028, "body");

EXPORT void k4abt_frame_release(k4abt_frame_t);

// From libk4a.
uint8_t *k4a_image_get_buffer(k4a_image_t);
int k4a_image_get_width_pixels(k4a_image_t);
int k4a_image_get_height_pixels(k4a_image_t);
uint64_t k4a_image_get_device_timestamp_usec(k4a_image_t);
