// SPDX-License-Identifier: Apache-2.0
//
// How a test steers the stub libraries and sees what was called, also in another process.
//
// The environment variable K4A_STUB_CONTROL names a file that both sides map: a table of named
// numbers and texts, and a ring of the calls in order. test/helpers/stub_control.py is the other
// side. Without the variable, one healthy camera and a healthy tracker answer.
//
// Names that every function knows, with <f> the name of the function:
//   calls.<f>              how often it was called (counted here)
//   fail.<f>               result that it returns, when not 0; the call then does nothing
//   fail.<f>.after         calls that still succeed before
//   fail.<f>.times         how often it fails; 0 is always
//   log.<f>                text: a line that the failing call logs
//   delay.<f>              microseconds that the call takes

#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CONTROL_ENTRIES 1024
#define CONTROL_CALLS 8192

typedef struct {
    int32_t state; // 0 free, 1 being named, 2 in use
    int32_t reserved;
    int64_t value;
    char name[64];
    char text[240];
} control_entry_t;

typedef struct {
    int64_t calls; // how many were recorded; the ring holds the newest
    char lines[CONTROL_CALLS][192];
    control_entry_t entries[CONTROL_ENTRIES];
} control_t;

// The entry of that name (printf style), made when it is new.
control_entry_t *control_entry(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t control_get(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t control_add(const char *name, int64_t change);

// Record a call with its arguments, wait its delay, and return the result that it shall fail with.
int control_call(const char *function, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *control_failure_log(const char *function);

int64_t monotonic_ns(void);
void sleep_ns(int64_t duration);
