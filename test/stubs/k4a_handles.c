// SPDX-License-Identifier: Apache-2.0
//
// Captures and images are the real libk4a's; here their references are counted on the way.
//   handles.captures, handles.images   references that somebody holds (counted here)

#define _GNU_SOURCE
#include "control.h"
#include "k4a_abi.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void *real(const char *name)
{
    void *library = dlopen(REAL_K4A, RTLD_LAZY | RTLD_LOCAL);
    void *function = library ? dlsym(library, name) : NULL;
    if (function == NULL) {
        fprintf(stderr, "stub: %s: %s\n", name, dlerror());
        abort();
    }
    return function;
}

#define REAL(name) \
    static typeof(name) *next; \
    if (next == NULL) \
        next = (typeof(next))real(#name);

int make_capture(k4a_capture_t *capture)
{
    REAL(k4a_capture_create)
    int result = next(capture);
    if (result == SUCCEEDED)
        control_add("handles.captures", 1);
    return result;
}

int make_image(int format, int width, int height, int stride, uint8_t *buffer, size_t size,
               k4a_memory_destroy_cb_t *release, void *context, k4a_image_t *image)
{
    REAL(k4a_image_create_from_buffer)
    int result = next(format, width, height, stride, buffer, size, release, context, image);
    if (result == SUCCEEDED)
        control_add("handles.images", 1);
    return result;
}

EXPORT int k4a_capture_create(k4a_capture_t *capture)
{
    int result = control_call("k4a_capture_create", "");
    return result == SUCCEEDED ? make_capture(capture) : result;
}

EXPORT void k4a_capture_reference(k4a_capture_t capture)
{
    REAL(k4a_capture_reference)
    if (capture != NULL)
        control_add("handles.captures", 1);
    next(capture);
}

EXPORT void k4a_capture_release(k4a_capture_t capture)
{
    REAL(k4a_capture_release)
    if (capture != NULL)
        control_add("handles.captures", -1);
    next(capture);
}

#define GETTER(name) \
    EXPORT k4a_image_t name(k4a_capture_t capture) \
    { \
        REAL(name) \
        k4a_image_t image = next(capture); \
        if (image != NULL) \
            control_add("handles.images", 1); \
        return image; \
    }

GETTER(k4a_capture_get_color_image)
GETTER(k4a_capture_get_depth_image)
GETTER(k4a_capture_get_ir_image)

EXPORT int k4a_image_create(int format, int width, int height, int stride, k4a_image_t *image)
{
    REAL(k4a_image_create)
    int result = control_call("k4a_image_create", "%d %d %d %d", format, width, height, stride);
    if (result == SUCCEEDED)
        result = next(format, width, height, stride, image);
    if (result == SUCCEEDED)
        control_add("handles.images", 1);
    return result;
}

EXPORT int k4a_image_create_from_buffer(int format, int width, int height, int stride,
                                        uint8_t *buffer, size_t size,
                                        k4a_memory_destroy_cb_t *release, void *context,
                                        k4a_image_t *image)
{
    int result = control_call("k4a_image_create_from_buffer", "%d %d %d %d %zu", format, width,
                              height, stride, size);
    if (result != SUCCEEDED)
        return result;
    return make_image(format, width, height, stride, buffer, size, release, context, image);
}

EXPORT void k4a_image_reference(k4a_image_t image)
{
    REAL(k4a_image_reference)
    if (image != NULL)
        control_add("handles.images", 1);
    next(image);
}

EXPORT void k4a_image_release(k4a_image_t image)
{
    REAL(k4a_image_release)
    if (image != NULL)
        control_add("handles.images", -1);
    next(image);
}
