// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the stub of libk4abt share.

#pragma once

#include "control.h"
#include "k4abt_abi.h"

struct frame {
    int references;
    uint64_t time_usec;
    int bodies, depth_mm; // depth at the middle of the image
    k4a_capture_t capture;
    k4a_image_t index_map;
};

// k4abt_frames.c: the bodies of a capture; takes the reference to it over.
struct frame *track(k4a_capture_t capture);
// k4abt.c: the result of a failing call, after its line went to the log.
int failed(const char *function, int result);
// k4abt.c: a function of the libk4a whose captures the process has.
void *k4a(const char *name);
#define K4A(name) ((typeof(&name))k4a(#name))
