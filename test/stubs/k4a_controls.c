// SPDX-License-Identifier: Apache-2.0
//
// Color controls, with the ranges of the hardware, and the sync jacks. Settings:
//   device<n>.control<c>      manual value of command c, 0: not set; .control<c>.auto 1: automatic
//   device<n>.refuses         command + 1 that cannot be set; 0: none
//   device<n>.sync_in, .sync_out   1: a cable is plugged in

#include "k4a_stub.h"

#define COMMANDS 10

static const struct {
    int minimum, maximum, step, initial;
    bool automatic;
} ranges[COMMANDS] = {
    {500, 133330, 100, 8330, true},  {0, 0, 0, 0, false},   {0, 255, 1, 128, false},
    {0, 10, 1, 5, false},            {0, 63, 1, 32, false}, {0, 4, 1, 2, false},
    {2500, 12500, 10, 4500, true},   {0, 1, 1, 0, false},   {0, 255, 1, 128, false},
    {1, 2, 1, 2, false},
};

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
    if (checked(handle, name, command, &result) == NULL)
        return result;
    *automatic = ranges[command].automatic;
    *minimum = ranges[command].minimum;
    *maximum = ranges[command].maximum;
    *step = ranges[command].step;
    *initial = ranges[command].initial;
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
    *mode = ranges[command].automatic && manual == 0 ? AUTO : MANUAL;
    *value = manual ? manual : ranges[command].initial;
    return SUCCEEDED;
}

EXPORT int k4a_device_set_color_control(k4a_device_t handle, int command, int mode, int32_t value)
{
    int result = control_call("k4a_device_set_color_control", "%d %d %d", command, mode, value);
    struct device *device = checked(handle, "k4a_device_set_color_control", command, &result);
    if (device == NULL)
        return result;
    bool in_range = value >= ranges[command].minimum && value <= ranges[command].maximum;
    if (device_setting(device, "refuses") == command + 1)
        in_range = false;
    if (mode == AUTO ? !ranges[command].automatic : !in_range) {
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
