// libpsl as Swift sees it: the public suffix list, for RegistrableDomain.swift alone.
#ifndef DUMPSIEVE_CPUBLICSUFFIX_H
#define DUMPSIEVE_CPUBLICSUFFIX_H
#include <libpsl.h>
#endif
