// SPDX-License-Identifier: Apache-2.0
//
// Body frames. What they say follows from the capture, and test/helpers/k4abt_stub.py predicts it.
// Settings:
//   k4abt.bodies         how many bodies each frame has
//   k4abt.body<i>.id     id of body i; default i + 1
// Counted here: handles.frames, violations (calls with what was given back).

#include "k4abt_stub.h"

#include <stdlib.h>
#include <string.h>

static k4a_image_t draw_index_map(int width, int height, int bodies)
{
    k4a_image_t image = NULL;
    if (K4A(k4a_image_create)(CUSTOM8, width, height, width, &image) != SUCCEEDED)
        return NULL;
    uint8_t *pixels = K4A(k4a_image_get_buffer)(image);
    memset(pixels, 255, (size_t)(width * height));
    for (int body = 0; body < bodies; body++) // each the left half of its share of the width
        for (int v = height / 4; v < height * 3 / 4; v++)
            memset(pixels + v * width + width * body / bodies, body, (size_t)(width / bodies / 2));
    return image;
}

struct frame *track(k4a_capture_t capture)
{
    struct frame *frame = calloc(1, sizeof *frame);
    k4a_image_t depth = K4A(k4a_capture_get_depth_image)(capture);
    int width = K4A(k4a_image_get_width_pixels)(depth);
    int height = K4A(k4a_image_get_height_pixels)(depth);
    const uint16_t *pixels = (const uint16_t *)(void *)K4A(k4a_image_get_buffer)(depth);
    frame->references = 1;
    frame->capture = capture;
    frame->time_usec = K4A(k4a_image_get_device_timestamp_usec)(depth);
    frame->depth_mm = pixels[height / 2 * width + width / 2];
    frame->bodies = (int)control_get("k4abt.bodies");
    frame->index_map = draw_index_map(width, height, frame->bodies);
    K4A(k4a_image_release)(depth);
    control_add("handles.frames", 1);
    return frame;
}

static bool is_valid(struct frame *frame)
{
    bool valid = frame != NULL && frame->references > 0;
    control_add("violations", !valid);
    return valid;
}

EXPORT void k4abt_frame_reference(k4abt_frame_t frame)
{
    if (is_valid(frame))
        __atomic_add_fetch(&frame->references, 1, __ATOMIC_ACQ_REL);
}

EXPORT void k4abt_frame_release(k4abt_frame_t frame)
{
    if (!is_valid(frame) || __atomic_sub_fetch(&frame->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    K4A(k4a_capture_release)(frame->capture);
    if (frame->index_map)
        K4A(k4a_image_release)(frame->index_map);
    control_add("handles.frames", -1);
}

EXPORT uint32_t k4abt_frame_get_num_bodies(k4abt_frame_t frame)
{
    control_call("k4abt_frame_get_num_bodies", "");
    return is_valid(frame) ? (uint32_t)frame->bodies : 0;
}

EXPORT uint32_t k4abt_frame_get_body_id(k4abt_frame_t frame, uint32_t index)
{
    int result = control_call("k4abt_frame_get_body_id", "%u", index);
    if (!is_valid(frame) || result != SUCCEEDED || (int)index >= frame->bodies)
        return UINT32_MAX;
    int64_t id = control_get("k4abt.body%u.id", index);
    return id ? (uint32_t)id : index + 1;
}

EXPORT int k4abt_frame_get_body_skeleton(k4abt_frame_t frame, uint32_t index,
                                         k4abt_skeleton_t *skeleton)
{
    int result = control_call("k4abt_frame_get_body_skeleton", "%u", index);
    if (!is_valid(frame) || result != SUCCEEDED || (int)index >= frame->bodies)
        return failed("k4abt_frame_get_body_skeleton", result ? result : FAILED);
    static const float quaternion[4] = {2 / 9.0f, 4 / 9.0f, 5 / 9.0f, 6 / 9.0f};
    int body = (int)index, phase = (int)(frame->time_usec / 1000 % 1000);
    for (int j = 0; j < 32; j++) {
        k4abt_joint_t *joint = &skeleton->joints[j];
        joint->position[0] = (float)(250 * body - 300 + 5 * j) + 0.0625f * (float)phase;
        joint->position[1] = (float)(30 * j - 480);
        joint->position[2] = (float)(frame->depth_mm + 100 * body + j);
        for (int k = 0; k < 4; k++)
            joint->orientation[k] = quaternion[(j + k) % 4];
        joint->confidence = (j + body) % 3;
    }
    return SUCCEEDED;
}

EXPORT uint64_t k4abt_frame_get_device_timestamp_usec(k4abt_frame_t frame)
{
    return is_valid(frame) ? frame->time_usec : 0;
}

EXPORT k4a_image_t k4abt_frame_get_body_index_map(k4abt_frame_t frame)
{
    if (control_call("k4abt_frame_get_body_index_map", "") || !is_valid(frame) || !frame->index_map)
        return NULL;
    K4A(k4a_image_reference)(frame->index_map);
    return frame->index_map;
}

EXPORT k4a_capture_t k4abt_frame_get_capture(k4abt_frame_t frame)
{
    if (control_call("k4abt_frame_get_capture", "") || !is_valid(frame))
        return NULL;
    K4A(k4a_capture_reference)(frame->capture);
    return frame->capture;
}
