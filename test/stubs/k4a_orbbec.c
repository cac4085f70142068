// SPDX-License-Identifier: Apache-2.0
//
// What Orbbec's wrapper exports beside the functions of libk4a, by which it is known. Settings:
//   device<n>.pid             USB product id; default that of a Femto Bolt

#include "k4a_stub.h"

EXPORT uint32_t k4a_device_get_pid(k4a_device_t handle)
{
    control_call("k4a_device_get_pid", "");
    struct device *device = device_of(handle, "k4a_device_get_pid");
    int64_t pid = device ? device_setting(device, "pid") : 0;
    return pid ? (uint32_t)pid : 0x066b;
}

EXPORT int k4a_device_switch_device_clock_sync_mode(k4a_device_t handle, int mode, uint32_t value)
{
    int result = control_call("k4a_device_switch_device_clock_sync_mode", "%d %u", mode, value);
    struct device *device = device_of(handle, "k4a_device_switch_device_clock_sync_mode");
    return device ? result : FAILED;
}
