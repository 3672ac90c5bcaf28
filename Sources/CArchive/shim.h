// libarchive as Swift sees it.
#ifndef DUMPSIEVE_CARCHIVE_H
#define DUMPSIEVE_CARCHIVE_H
#include <archive.h>
#include <archive_entry.h>
#endif
