// SPDX-License-Identifier: Apache-2.0
//
// What the cameras see: patterns that tell frame and pixel (test/helpers/k4a_stub.py knows them).
//   device<n>.missing_depth, .missing_ir, .missing_color   every so many frames lack it; 1: all
//   device<n>.short_color     every so many color images are half as large as they claim
//   jpeg                      text: path of a JPEG; each frame's has its number in a comment
// Counted here: handles.buffers, the image buffers that are alive.

#include "k4a_stub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int depth_sizes[][2] = {{0, 0},     {320, 288},   {640, 576},
                                     {512, 512}, {1024, 1024}, {1024, 1024}};
static const int color_sizes[][2] = {{0, 0},       {1280, 720},  {1920, 1080}, {2560, 1440},
                                     {2048, 1536}, {3840, 2160}, {4096, 3072}};

static void release_buffer(void *buffer, void *context)
{
    (void)context;
    control_add("handles.buffers", -1);
    free(buffer);
}

static uint8_t *new_buffer(size_t size)
{
    control_add("handles.buffers", 1);
    return aligned_alloc(16, (size + 15) / 16 * 16);
}

static k4a_image_t depth_or_ir(int format, int mode, int64_t frame)
{
    int width = depth_sizes[mode][0], height = depth_sizes[mode][1];
    size_t size = (size_t)width * (size_t)height * 2;
    uint16_t *pixels = (uint16_t *)new_buffer(size);
    for (int v = 0; v < height; v++)
        for (int u = 0; u < width; u++)
            pixels[v * width + u] = format == DEPTH16
                                        ? (uint16_t)(1000 + ((u + 2 * v + (int)frame) & 1023))
                                        : (uint16_t)(3 * u + v + (int)frame);
    k4a_image_t image = NULL;
    make_image(format, width, height, 2 * width, (uint8_t *)pixels, size, release_buffer, NULL,
               &image);
    return image;
}

static uint8_t *jpeg(int64_t frame, size_t *size)
{
    static uint8_t file[1 << 22];
    FILE *stream = fopen(control_entry("jpeg")->text, "rb");
    size_t length = stream ? fread(file, 1, sizeof file, stream) : 0;
    if (stream)
        fclose(stream);
    if (length == 0) {
        memcpy(file, "\xff\xd8\xff\xd9", 4);
        length = 4;
    }
    uint8_t comment[8] = {0xff, 0xfe, 0, 6};
    for (int i = 0; i < 4; i++)
        comment[4 + i] = (uint8_t)(frame >> (24 - 8 * i));
    *size = length + sizeof comment;
    uint8_t *buffer = new_buffer(*size);
    memcpy(buffer, file, 2);
    memcpy(buffer + 2, comment, sizeof comment);
    memcpy(buffer + 2 + sizeof comment, file + 2, length - 2);
    return buffer;
}

static bool every(struct device *device, const char *name, int64_t frame)
{
    int64_t period = device_setting(device, name);
    return period > 0 && (frame + 1) % period == 0;
}

static k4a_image_t color(struct device *device, int64_t frame)
{
    int format = device->config.color_format;
    int width = color_sizes[device->config.color_resolution][0];
    int height = color_sizes[device->config.color_resolution][1];
    int stride = format == MJPG ? 0 : format == NV12 ? width : format == YUY2 ? 2 * width : 4 * width;
    size_t size = (size_t)(stride * height) * (format == NV12 ? 3 : 2) / 2;
    if (every(device, "short_color", frame)) {
        stride = 0; // which libk4a does not check
        size /= 2;
    }
    uint8_t *buffer;
    if (format == MJPG) {
        buffer = jpeg(frame, &size);
    } else {
        buffer = new_buffer(size);
        for (size_t i = 0; i < size; i++)
            buffer[i] = (uint8_t)(i + (size_t)frame);
    }
    k4a_image_t image = NULL;
    make_image(format, width, height, stride, buffer, size, release_buffer, NULL, &image);
    int exposure = manual_value(device, 0), white_balance = manual_value(device, 6);
    k4a_image_set_exposure_usec(image, exposure ? (uint64_t)exposure : 8330);
    k4a_image_set_white_balance(image, white_balance ? (uint32_t)white_balance : 4500);
    k4a_image_set_iso_speed(image, 200);
    return image;
}

static void put(k4a_capture_t capture, void (*set)(k4a_capture_t, k4a_image_t), k4a_image_t image,
                int64_t device_usec, int64_t system_ns)
{
    k4a_image_set_device_timestamp_usec(image, (uint64_t)device_usec);
    k4a_image_set_system_timestamp_nsec(image, (uint64_t)system_ns);
    set(capture, image);
    k4a_image_release(image);
}

k4a_capture_t make_frame(struct device *device, int64_t frame, int64_t system_ns)
{
    k4a_capture_t capture = NULL;
    if (make_capture(&capture) != SUCCEEDED)
        return NULL;
    int mode = device->config.depth_mode;
    int64_t period = device_setting(device, "period_usec");
    int64_t color_usec = (frame + 1) * (period ? period : period_usec(device->config.camera_fps));
    int64_t depth_usec = color_usec + device->config.depth_delay_off_color_usec;
    k4a_capture_set_temperature_c(capture, device_setting(device, "femto") ? 0.0f : 36.5f);
    if (mode != DEPTH_OFF && mode != PASSIVE_IR && !every(device, "missing_depth", frame))
        put(capture, k4a_capture_set_depth_image, depth_or_ir(DEPTH16, mode, frame), depth_usec,
            system_ns);
    if (mode != DEPTH_OFF && !every(device, "missing_ir", frame))
        put(capture, k4a_capture_set_ir_image, depth_or_ir(IR16, mode, frame), depth_usec,
            system_ns);
    if (device->config.color_resolution != COLOR_OFF && !every(device, "missing_color", frame))
        put(capture, k4a_capture_set_color_image, color(device, frame), color_usec, system_ns);
    return capture;
}
