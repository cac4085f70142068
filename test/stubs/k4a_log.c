// SPDX-License-Identifier: Apache-2.0
//
// Log lines go to the message handler, as those of the real library do: the calling thread says which
// call failed in which, a thread of the library may say why. Settings:
//   reason.<f>                text: what such a thread logs while the function <f> fails

#include "k4a_stub.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

static k4a_logging_message_cb_t *handler;
static void *handler_context;
static int handler_level = LOG_OFF;

EXPORT int k4a_set_debug_message_handler(k4a_logging_message_cb_t *function, void *context,
                                         int level)
{
    int result = control_call("k4a_set_debug_message_handler", "%d %d", function != NULL, level);
    if (result != SUCCEEDED || (handler && function && handler != function) || level > LOG_OFF)
        return FAILED;
    handler = function;
    handler_context = context;
    handler_level = level;
    return SUCCEEDED;
}

void log_line(int level, const char *format, ...)
{
    if (handler == NULL || level > handler_level)
        return;
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    handler(handler_context, level, "k4a_stub.c", 1, text);
}

static void *say(void *text)
{
    log_line(LOG_ERROR, "%s", (const char *)text);
    return NULL;
}

void log_elsewhere(const char *text)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, say, (void *)text) == 0)
        pthread_join(thread, NULL);
}

int failed(const char *function, int result)
{
    const char *reason = control_entry("reason.%s", function)->text;
    if (reason[0] != '\0') {
        log_elsewhere(reason);
        log_line(LOG_ERROR, "%s returned failure", function);
    }
    const char *text = control_failure_log(function);
    if (text[0] != '\0')
        log_line(LOG_ERROR, "%s", text);
    return result;
}
