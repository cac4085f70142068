// SPDX-License-Identifier: Apache-2.0
//
// Color controls, with the ranges of the hardware, and the sync jacks. A Femto's have other ranges,
// and what it does not have fails without a word. Settings:
//   device<n>.control<c>      manual value of command c, 0: not set; .control<c>.auto 1: automatic
//   device<n>.refuses         command + 1 that cannot be set; 0: none
//   device<n>.sync_in, .sync_out   1: a cable is plugged in

#include "k4a_stub.h"

#define COMMANDS 10

struct range {
    int minimum, maximum, step, initial;
    bool automatic;
};

static const struct range azure_kinect[COMMANDS] = {
    {500, 133330, 100, 8330, true},  {0, 0, 0, 0, false},   {0, 255, 1, 128, false},
    {0, 10, 1, 5, false},            {0, 63, 1, 32, false}, {0, 4, 1, 2, false},
    {2500, 12500, 10, 4500, true},   {0, 1, 1, 0, false},   {0, 255, 1, 128, false},
    {1, 2, 1, 2, false},
};

static const struct range femto[COMMANDS] = {
    {100, 30000, 100, 5000, true}, {0},                      {-64, 64, 1, 0, false},
    {0, 100, 1, 50, false},        {0, 100, 1, 64, false},   {0, 100, 1, 50, false},
    {2800, 6500, 1, 4600, true},   {0},                      {0, 80, 1, 16, false},
    {0, 2, 1, 1, false},
};

static const struct range *range_of(struct device *device, int command)
{
    return &(device_setting(device, "femto") ? femto : azure_kinect)[command];
}

static control_entry_t *setting(struct device *device, int command)
{
    return control_entry("device%d.control%d", device->number, command);
}

int manual_value(struct device *device, int command)
{
    return (int)setting(device, command)->value;
}

bool jack(struct device *device, const char *name)
{
    return device_setting(device, name) && !device_setting(device, "femto");
}

// The camera, when the call may go on; else NULL, with the result that it fails with.
static struct device *checked(k4a_device_t handle, const char *function, int command, int *result)
{
    struct device *device = device_of(handle, function);
    if (*result == SUCCEEDED && device != NULL && command >= 0 && command < COMMANDS)
        return device;
    *result = failed(function, *result ? *result : FAILED);
    return NULL;
}

EXPORT int k4a_device_get_color_control_capabilities(k4a_device_t handle, int command,
                                                     bool *automatic, int32_t *minimum,
                                                     int32_t *maximum, int32_t *step,
                                                     int32_t *initial, int *mode)
{
    const char *name = "k4a_device_get_color_control_capabilities";
    int result = control_call(name, "%d", command);
    struct device *device = checked(handle, name, command, &result);
    if (device == NULL)
        return result;
    const struct range *range = range_of(device, command);
    if (range->maximum == 0 && device_setting(device, "femto"))
        return FAILED;
    *automatic = range->automatic;
    *minimum = range->minimum;
    *maximum = range->maximum;
    *step = range->step;
    *initial = range->initial;
    *mode = *automatic ? AUTO : MANUAL;
    return SUCCEEDED;
}

EXPORT int k4a_device_get_color_control(k4a_device_t handle, int command, int *mode,
                                        int32_t *value)
{
    int result = control_call("k4a_device_get_color_control", "%d", command);
    struct device *device = checked(handle, "k4a_device_get_color_control", command, &result);
    if (device == NULL)
        return result;
    int manual = manual_value(device, command);
    const struct range *range = range_of(device, command);
    *mode = range->automatic && manual == 0 ? AUTO : MANUAL;
    *value = manual ? manual : range->initial;
    return SUCCEEDED;
}

EXPORT int k4a_device_set_color_control(k4a_device_t handle, int command, int mode, int32_t value)
{
    int result = control_call("k4a_device_set_color_control", "%d %d %d", command, mode, value);
    struct device *device = checked(handle, "k4a_device_set_color_control", command, &result);
    if (device == NULL)
        return result;
    const struct range *range = range_of(device, command);
    bool in_range = value >= range->minimum && value <= range->maximum;
    if (device_setting(device, "refuses") == command + 1)
        in_range = false;
    if (mode == AUTO ? !range->automatic : !in_range) {
        log_line(LOG_ERROR, "color control %d: value %d is out of range", command, value);
        return FAILED;
    }
    setting(device, command)->value = mode == AUTO ? 0 : value;
    return SUCCEEDED;
}

EXPORT int k4a_device_get_sync_jack(k4a_device_t handle, bool *in, bool *out)
{
    int result = control_call("k4a_device_get_sync_jack", "");
    struct device *device = checked(handle, "k4a_device_get_sync_jack", 0, &result);
    if (device == NULL)
        return result;
    *in = jack(device, "sync_in");
    *out = jack(device, "sync_out");
    return SUCCEEDED;
}
