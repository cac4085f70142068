// SPDX-License-Identifier: Apache-2.0
//
// Cameras on the bus: enumeration, opening, identity. Settings, <n> counting from 0:
//   devices                   how many cameras there are
//   device<n>.serial          text; default 00012345600<n>
//   device<n>.unplugged       1: not on the bus, and lost for those who hold it
//   device<n>.generation      raised by each unplugging
//   device<n>.busy            1: another program has it (so has a process of device<n>.owner)
//   device<n>.denied          1: the user may not open it
//   device<n>.old_firmware    1: refused by the library
//   device<n>.femto           1: behaves as Orbbec's wrapper does
//   calibration               text: path of the raw calibration
// and counted here: handles.devices, violations (calls with a handle that was closed).

#define _GNU_SOURCE
#include "k4a_stub.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int64_t camera(int number, const char *name)
{
    return control_get("device%d.%s", number, name);
}

int64_t device_setting(struct device *device, const char *name)
{
    return camera(device->number, name);
}

static int plugged(int index) // number of the camera at an index of the bus, -1 if there is none
{
    int count = (int)control_get("devices");
    for (int number = 0; number < count; number++)
        if (!camera(number, "unplugged") && index-- == 0)
            return number;
    return -1;
}

bool is_lost(struct device *device)
{
    return device_setting(device, "unplugged") ||
           device_setting(device, "generation") != device->generation;
}

static bool can_open(int number);

static bool claim(struct device *device, const char *function)
{
    if (!device->asked && strcmp(function, "k4a_device_get_serialnum") != 0) {
        device->asked = true;
        device->claimed = can_open(device->number);
    }
    return device->claimed || !device->asked;
}

struct device *device_of(k4a_device_t handle, const char *function)
{
    if (handle != NULL && !handle->closed)
        return is_lost(handle) || !claim(handle, function) ? NULL : handle;
    control_add("violations", 1);
    log_line(LOG_ERROR, "Invalid k4a_device_t %p in %s", (void *)handle, function);
    return NULL;
}

EXPORT uint32_t k4a_device_get_installed_count(void)
{
    if (control_call("k4a_device_get_installed_count", ""))
        return 0;
    uint32_t count = 0;
    while (plugged((int)count) >= 0)
        count++;
    if (count == 0)
        log_line(LOG_ERROR, "No devices found");
    return count;
}

static bool take(int number) // as the kernel's claim of an interface: released by a process's end
{
    int64_t *owner = &control_entry("device%d.owner", number)->value;
    int64_t holder = __atomic_load_n(owner, __ATOMIC_ACQUIRE);
    if (holder != 0 && (kill((pid_t)holder, 0) == 0 || errno != ESRCH))
        return false;
    return __atomic_compare_exchange_n(owner, &holder, getpid(), false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

static bool can_open(int number)
{
    if (camera(number, "denied")) {
        log_line(LOG_CRITICAL, "libusb device(s) are all unavalable. Is the device being used by "
                               "another application?");
        return false;
    }
    if (camera(number, "busy") || !take(number)) {
        log_line(LOG_ERROR, "usbcommand.c (474): libusb_claim_interface returned "
                            "LIBUSB_ERROR_BUSY in usb_cmd_create");
        return false;
    }
    if (camera(number, "old_firmware")) {
        log_line(LOG_ERROR, "Firmware version for RGB camera is 1.5.80 is not current enough. "
                            "Use 1.5.92 or newer.");
        control_entry("device%d.owner", number)->value = 0;
        return false;
    }
    return true;
}

EXPORT int k4a_device_open(uint32_t index, k4a_device_t *handle)
{
    int result = control_call("k4a_device_open", "%u", index);
    if (result != SUCCEEDED)
        return failed("k4a_device_open", result);
    int number = plugged((int)index);
    if (number < 0) {
        log_line(LOG_ERROR, "Unable to open LIBUSB at index %u ", index);
        return FAILED;
    }
    bool lazily = camera(number, "femto");
    if (!lazily && !can_open(number))
        return FAILED;
    struct device *device = calloc(1, sizeof *device); // never freed: late calls are noticed
    device->number = number;
    device->generation = camera(number, "generation");
    device->asked = device->claimed = !lazily;
    control_add("handles.devices", 1);
    *handle = device;
    return SUCCEEDED;
}

EXPORT void k4a_device_close(k4a_device_t handle)
{
    control_call("k4a_device_close", "%d", handle ? handle->number : -1);
    if (handle == NULL || handle->closed) {
        control_add("violations", handle != NULL);
        return;
    }
    handle->cameras_on = handle->imu_on = false;
    handle->closed = true;
    control_add("handles.devices", -1);
    if (handle->claimed)
        control_entry("device%d.owner", handle->number)->value = 0;
}

static int copy_out(const void *data, size_t size, void *buffer, size_t *capacity)
{
    size_t room = *capacity;
    *capacity = size;
    if (buffer == NULL || room < size)
        return TOO_SMALL;
    memcpy(buffer, data, size);
    return SUCCEEDED;
}

EXPORT int k4a_device_get_serialnum(k4a_device_t handle, char *buffer, size_t *size)
{
    int result = control_call("k4a_device_get_serialnum", "");
    struct device *device = device_of(handle, "k4a_device_get_serialnum");
    if (result != SUCCEEDED || device == NULL)
        return failed("k4a_device_get_serialnum", result ? result : FAILED);
    char serial[64];
    const char *given = control_entry("device%d.serial", device->number)->text;
    snprintf(serial, sizeof serial, "00012345600%d", device->number);
    if (given[0] != '\0')
        snprintf(serial, sizeof serial, "%.60s", given);
    return copy_out(serial, strlen(serial) + 1, buffer, size);
}

EXPORT int k4a_device_get_version(k4a_device_t handle, k4a_hardware_version_t *version)
{
    int result = control_call("k4a_device_get_version", "");
    struct device *device = device_of(handle, "k4a_device_get_version");
    if (result != SUCCEEDED || device == NULL)
        return failed("k4a_device_get_version", result ? result : FAILED);
    memset(version, 0, sizeof *version);
    version->depth = (k4a_version_t){1, 6, 80};
    version->firmware_signature = 2;
    if (!device_setting(device, "femto")) {
        version->rgb = (k4a_version_t){1, 6, 110};
        version->audio = (k4a_version_t){1, 6, 14};
        version->depth_sensor = (k4a_version_t){6109, 7, 0};
        version->firmware_signature = 0;
    }
    return SUCCEEDED;
}

static char calibration[65536];

static size_t read_calibration(void) // its size with the NUL at its end, 0 if there is none
{
    FILE *file = fopen(control_entry("calibration")->text, "rb");
    size_t size = file ? fread(calibration, 1, sizeof calibration - 1, file) : 0;
    if (file)
        fclose(file);
    calibration[size] = '\0';
    return size ? size + 1 : 0;
}

EXPORT int k4a_device_get_raw_calibration(k4a_device_t handle, uint8_t *buffer, size_t *size)
{
    int result = control_call("k4a_device_get_raw_calibration", "");
    struct device *device = device_of(handle, "k4a_device_get_raw_calibration");
    size_t length = read_calibration();
    if (result != SUCCEEDED || device == NULL || length == 0)
        return failed("k4a_device_get_raw_calibration", result ? result : FAILED);
    if (buffer == NULL && device_setting(device, "femto")) {
        *size = 10240;
        return TOO_SMALL;
    }
    return copy_out(calibration, length, buffer, size);
}

EXPORT int k4a_device_get_calibration(k4a_device_t handle, int depth_mode, int color_resolution,
                                      k4a_calibration_t *out)
{
    int result = control_call("k4a_device_get_calibration", "%d %d", depth_mode, color_resolution);
    struct device *device = device_of(handle, "k4a_device_get_calibration");
    size_t length = read_calibration();
    if (result != SUCCEEDED || device == NULL || length == 0)
        return failed("k4a_device_get_calibration", result ? result : FAILED);
    return k4a_calibration_get_from_raw(calibration, length, depth_mode, color_resolution, out);
}
