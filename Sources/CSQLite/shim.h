// SQLite as Swift sees it. sqlite3_db_config takes variable arguments, which Swift cannot call; the function
// below may go when it can.
#ifndef DUMPSIEVE_CSQLITE_H
#define DUMPSIEVE_CSQLITE_H
#include <sqlite3.h>

/// Sets one of the options that are on (1) or off (0).
static inline int ds_sqlite_switch(sqlite3 *connection, int option, int on) {
  return sqlite3_db_config(connection, option, on, (int *)0);
}
#endif
