// SPDX-License-Identifier: Apache-2.0
//
// The checks of start_cameras, in the library's order.

#include "k4a_stub.h"

#include <stdlib.h>

typedef const k4a_device_configuration_t *config_t;

int64_t period_usec(int fps)
{
    return 1000000 / (fps == FPS_5 ? 5 : fps == FPS_15 ? 15 : 30);
}

static bool outside(int value, int last)
{
    return value < 0 || value > last;
}

static const char *bad_values(config_t c)
{
    if (outside(c->color_format, BGRA32))
        return "The configured color_format is not a valid k4a_color_format_t value.";
    if (outside(c->color_resolution, COLOR_3072P))
        return "The configured color_resolution is not a valid k4a_color_resolution_t value.";
    if (outside(c->depth_mode, PASSIVE_IR))
        return "The configured depth_mode is not a valid k4a_depth_mode_t value.";
    if (outside(c->camera_fps, FPS_30))
        return "The configured camera_fps is not a valid k4a_fps_t value.";
    if (outside(c->wired_sync_mode, SUBORDINATE))
        return "The configured wired_sync_mode is not a valid k4a_wired_sync_mode_t value.";
    return NULL;
}

static const char *bad_sync(struct device *device, config_t c)
{
    bool cables = !device_setting(device, "femto"); // Orbbec's wrapper cannot see them
    if (cables && c->wired_sync_mode == SUBORDINATE && !jack(device, "sync_in"))
        return "Failure to detect presence of sync in cable";
    if (cables && c->wired_sync_mode == MASTER && !jack(device, "sync_out"))
        return "Failure to detect presence of sync out cable";
    if (c->wired_sync_mode == MASTER && c->color_resolution == COLOR_OFF)
        return "color camera must be used on master device";
    if (c->wired_sync_mode == SUBORDINATE &&
        c->subordinate_delay_off_master_usec > period_usec(c->camera_fps))
        return "The configured subordinate device delay cannot exceed one frame interval";
    if (c->wired_sync_mode != SUBORDINATE && c->subordinate_delay_off_master_usec != 0)
        return "the subordinate_delay_off_master_usec must be 0.";
    return NULL;
}

static const char *bad_cameras(config_t c)
{
    bool depth = c->depth_mode != DEPTH_OFF, color = c->color_resolution != COLOR_OFF;
    if (depth && color && abs(c->depth_delay_off_color_usec) > period_usec(c->camera_fps))
        return "The configured depth_delay_off_color_usec must be within +/- one frame interval";
    if (!depth && !color)
        return "Neither depth camera nor color camera are enabled in the configuration";
    if (depth != color && c->depth_delay_off_color_usec != 0)
        return "If depth_delay_off_color_usec is not 0, both cameras must be enabled.";
    if (depth != color && c->synchronized_images_only)
        return "To enable synchronized_images_only, both cameras must also be enabled.";
    if (c->depth_mode == WFOV_UNBINNED && c->camera_fps == FPS_30)
        return "The configured depth_mode does not support the configured camera_fps.";
    if (color && (c->color_format == NV12 || c->color_format == YUY2) &&
        c->color_resolution != COLOR_720P)
        return "The combination of color_resolution and color_format is not supported.";
    if (c->color_resolution == COLOR_3072P && c->camera_fps == FPS_30)
        return "The combination of color_resolution and camera_fps is not supported.";
    return NULL;
}

bool is_valid(struct device *device, config_t config)
{
    const char *problem = bad_values(config);
    if (problem == NULL)
        problem = bad_sync(device, config);
    if (problem == NULL)
        problem = bad_cameras(config);
    if (problem != NULL)
        log_line(LOG_ERROR, "%s", problem);
    return problem == NULL;
}
