// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "control.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static control_t *block;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static control_entry_t *find(const char *name);

static void map_block(void)
{
    const char *path = getenv("K4A_STUB_CONTROL");
    int file = path ? open(path, O_RDWR) : -1;
    int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    block = mmap(NULL, sizeof(control_t), PROT_READ | PROT_WRITE, flags, file, 0);
    if (block == MAP_FAILED) {
        perror("K4A_STUB_CONTROL");
        abort();
    }
    if (file >= 0)
        close(file);
    else
        find("devices")->value = 1;
}

static uint32_t hash(const char *name) // FNV-1a; stub_control.py has the same
{
    uint32_t value = 2166136261u;
    while (*name)
        value = (value ^ (uint8_t)*name++) * 16777619u;
    return value;
}

static control_entry_t *find(const char *name)
{
    uint32_t first = hash(name);
    for (uint32_t i = 0; i < CONTROL_ENTRIES; i++) {
        control_entry_t *entry = &block->entries[(first + i) % CONTROL_ENTRIES];
        int32_t free_state = 0;
        if (__atomic_compare_exchange_n(&entry->state, &free_state, 1, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE)) {
            snprintf(entry->name, sizeof entry->name, "%s", name);
            __atomic_store_n(&entry->state, 2, __ATOMIC_RELEASE);
            return entry;
        }
        while (__atomic_load_n(&entry->state, __ATOMIC_ACQUIRE) == 1)
            sleep_ns(1000);
        if (strcmp(entry->name, name) == 0)
            return entry;
    }
    fprintf(stderr, "stub control: table full at %s\n", name);
    abort();
}

static control_entry_t *find_formatted(const char *format, va_list arguments)
{
    char name[64];
    vsnprintf(name, sizeof name, format, arguments);
    pthread_once(&once, map_block);
    return find(name);
}

control_entry_t *control_entry(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    control_entry_t *entry = find_formatted(format, arguments);
    va_end(arguments);
    return entry;
}

int64_t control_get(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    control_entry_t *entry = find_formatted(format, arguments);
    va_end(arguments);
    return __atomic_load_n(&entry->value, __ATOMIC_ACQUIRE);
}

int64_t control_add(const char *name, int64_t change)
{
    return __atomic_add_fetch(&control_entry("%s", name)->value, change, __ATOMIC_ACQ_REL);
}

static int failure_of(const char *function)
{
    int result = (int)control_get("fail.%s", function);
    if (result == 0)
        return 0;
    control_entry_t *after = control_entry("fail.%s.after", function);
    if (after->value > 0) {
        after->value--;
        return 0;
    }
    control_entry_t *times = control_entry("fail.%s.times", function);
    if (times->value > 0 && --times->value == 0)
        control_entry("fail.%s", function)->value = 0;
    return result;
}

int control_call(const char *function, const char *format, ...)
{
    __atomic_add_fetch(&control_entry("calls.%s", function)->value, 1, __ATOMIC_ACQ_REL);
    int64_t number = __atomic_fetch_add(&block->calls, 1, __ATOMIC_ACQ_REL);
    char *line = block->lines[number % CONTROL_CALLS];
    int used = snprintf(line, sizeof block->lines[0], "%s ", function);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + used, sizeof block->lines[0] - (size_t)used, format, arguments);
    va_end(arguments);
    sleep_ns(control_get("delay.%s", function) * 1000);
    return failure_of(function);
}

const char *control_failure_log(const char *function)
{
    return control_entry("log.%s", function)->text;
}

int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void sleep_ns(int64_t duration)
{
    if (duration <= 0)
        return;
    struct timespec span = {duration / 1000000000, duration % 1000000000};
    nanosleep(&span, NULL);
}
