/* Writes the corpora that dumpsieve is measured on: the same bytes for the same arguments, everything invented.

     corpus ulp BYTES FILE        URL:login:password lines
     corpus blocks BYTES FILE     labelled blocks: three dialects, LF and CRLF
     corpus tree LOGS DIRECTORY   one folder a log, five files in each
     corpus list FIRST COUNT CSV  accounts FIRST, FIRST + 1, …: login,ref
     corpus patterns FIRST COUNT FILE   their logins alone, one a line, for rg -f

   Shorter lists are the beginning of longer ones. `ulp`, `blocks` and `tree` print the number of each listed account
   that they plant, one a line: it is one of the first 1,000, so that every longer list holds it, and stands in lower
   case, so that a search for literal text sees it, too. No other login of a corpus is one of the first million.

   C because it makes a gigabyte in seconds; it is built by `speed` and is no part of the program. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
  BUFFER_BYTES = 1 << 20,
  /* Longer than any record that is written at once. */
  RECORD_BYTES = 2048,
  LOGIN_BYTES = 128,
  PLANTED_ACCOUNTS = 1000,
  LISTED_ACCOUNTS = 1000000,
  /* Planted records in a corpus, at least; in a big one it is one in a million. */
  LEAST_PLANTED = 40,
  FREE_MAIL_DOMAINS = 12,
  FIRST_NAMES = 600,
  LAST_NAMES = 30000,
  MAIL_DOMAINS = 200000,
  HOSTS = 300000
};

static void fail(const char *what) {
  perror(what);
  exit(2);
}

/* Numbers that come again: SplitMix64. */

static uint64_t state;

static uint64_t number(void) {
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static uint32_t below(uint32_t bound) { return (uint32_t)((number() >> 32) * bound >> 32); }

static bool percent(double share) { return below(1000000) < share * 10000; }

/* Small numbers are much the likeliest: a cube of an even draw. */
static uint32_t skewed_below(uint32_t bound) {
  double draw = (double)(number() >> 11) / 9007199254740992.0;
  return (uint32_t)(draw * draw * draw * bound);
}

/* Text. A writer is a place in a buffer that is long enough for what one function adds. */

static const char *const syllables[] = {
    "ba", "bel", "bo", "ca", "cha", "clai", "co", "da", "del", "do", "du", "el", "en", "fa", "fe", "flo",
    "ga", "gui", "ha", "he", "in", "ja", "jo", "ka", "la", "le", "li", "lo", "lu", "ma", "mar", "me",
    "mi", "mo", "na", "ne", "ni", "no", "ol", "pa", "pe", "phi", "ra", "re", "ri", "ro", "sa", "se",
    "si", "so", "ta", "te", "ti", "tin", "to", "va", "ve", "vi", "xa", "ya", "yo", "za", "ze", "zo"};
static const char *const free_mail[FREE_MAIL_DOMAINS] = {
    "mailbox.example",  "freepost.example", "courriel.example", "quickmail.test", "posteo-libre.example",
    "webpost.example",  "ymail.test",       "netmail.example",  "mail-ru.test",   "boxpost.example",
    "inboxes.example",  "lettres.test"};
static const char *const cyrillic[] = {"пароль", "привет", "солнце", "любовь", "москва", "зима"};
static const char *const paths[] = {
    "", "/", "/login", "/signin", "/account/login", "/auth", "/wp-login.php", "/user/register",
    "/en/login", "/accounts/signup", "/index.php", "/login.aspx", "/register", "/portal/identity"};
static const char *const browsers[] = {"Google_[Chrome]_Default", "Microsoft_[Edge]_Default",
                                       "Mozilla_[Firefox]_x1f2.default", "Opera_[Opera GX]_Default"};

static char *text(char *to, const char *from) {
  size_t count = strlen(from);
  memcpy(to, from, count);
  return to + count;
}

static char *decimal(char *to, uint64_t value) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + value % 10); while (value /= 10);
  while (count) *to++ = digits[--count];
  return to;
}

static char *word(char *to, int count) {
  while (count--) to = text(to, syllables[below(sizeof syllables / sizeof *syllables)]);
  return to;
}

/* The same word for the same number. */
static char *word_of(char *to, uint32_t value, int count) {
  value *= 2654435761u;
  while (count--) {
    to = text(to, syllables[value >> 26]);
    value = value * 2654435761u + 12345;
  }
  return to;
}

static char *letters(char *to, int count, const char *alphabet, uint32_t size) {
  while (count--) *to++ = alphabet[below(size)];
  return to;
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Skewed as people's names are: some are had by one in fifty. */
static uint32_t name_below(uint32_t bound) {
  double draw = (double)(number() >> 11) / 9007199254740992.0;
  return (uint32_t)(draw * draw * bound);
}

static char *first_name(char *to) { return word_of(to, name_below(FIRST_NAMES), 2); }

static char *last_name(char *to) {
  uint32_t name = name_below(LAST_NAMES);
  return word_of(to, FIRST_NAMES + name, name % 3 ? 3 : 2);
}

static char *local_part(char *to) {
  switch (below(10)) {
  case 0: return last_name(first_name(to));
  case 1: return decimal(first_name(to), 1950 + below(60));
  case 2: case 3: case 4: return last_name(text(first_name(to), "."));
  case 5: return decimal(last_name(text(first_name(to), ".")), below(100));
  case 6: return first_name(text(last_name(to), "_"));
  case 7: return decimal(last_name(to), below(1000));
  case 8: *to++ = (char)('a' + below(26)); return last_name(text(to, "."));
  default: return decimal(word(to, 3), below(10000));
  }
}

static char *mail_domain(char *to) {
  uint32_t domain = skewed_below(MAIL_DOMAINS);
  return text(decimal(word_of(to, domain, 2), domain), domain % 3 ? ".example" : ".test");
}

static char *free_mail_domain(char *to) { return text(to, free_mail[skewed_below(FREE_MAIL_DOMAINS)]); }

/* Accounts */

static char planted[PLANTED_ACCOUNTS][LOGIN_BYTES];
static uint64_t *listed;
static uint64_t listed_mask;

/* FNV-1a of the login in lower case; 0 marks an empty place. */
static uint64_t hash(const char *login, size_t count) {
  uint64_t value = 0xCBF29CE484222325u;
  for (size_t index = 0; index < count; index++) {
    char byte = login[index];
    if (byte >= 'A' && byte <= 'Z') byte |= 0x20;
    value = (value ^ (uint8_t)byte) * 0x100000001B3u;
  }
  return value ? value : 1;
}

static uint64_t *place(uint64_t value) {
  uint64_t index = (value ^ value >> 29) & listed_mask;
  while (listed[index] && listed[index] != value) index = (index + 1) & listed_mask;
  return &listed[index];
}

/* Draws accounts until there are `count`, each once, and calls `each`, if given, from number `first` on. */
static void draw_accounts(uint64_t first, uint64_t count, void (*each)(uint64_t, const char *, size_t)) {
  uint64_t places = 1024;
  while (places < 2 * count) places *= 2;
  listed = calloc(places, sizeof *listed);
  if (!listed) fail("memory");
  listed_mask = places - 1;
  state = 0xACC0117;
  for (uint64_t index = 0; index < count;) {
    char login[LOGIN_BYTES];
    char *end = local_part(login);
    /* So many accounts need more names than people have. */
    if (count > 4 * LISTED_ACCOUNTS) end = decimal(end, below(100000));
    *end++ = '@';
    uint32_t kind = below(100);
    if (kind < 60) end = free_mail_domain(end);
    else if (kind < 88) end = text(end, "formation-partenaire.example");
    else end = mail_domain(end);
    size_t bytes = (size_t)(end - login);
    uint64_t value = hash(login, bytes), *slot = place(value);
    if (*slot) continue;
    *slot = value;
    if (index < PLANTED_ACCOUNTS) {
      memcpy(planted[index], login, bytes);
      planted[index][bytes] = 0;
    }
    if (each && index >= first) each(index, login, bytes);
    index++;
  }
}

/* Records */

/* Prints the account's number, too. */
static char *planted_login(char *to) {
  /* One in five is one of the first ten, for the shortest list. */
  uint32_t account = below(5) ? below(PLANTED_ACCOUNTS) : below(10);
  printf("%u\n", account);
  return text(to, planted[account]);
}

/* 74 % e-mail addresses, 20 % user names, 6 % phones. */
static char *login(char *to) {
  for (;;) {
    char *end;
    uint32_t kind = below(100);
    if (kind < 74) {
      end = local_part(to);
      *end++ = '@';
      end = percent(74) ? free_mail_domain(end) : mail_domain(end);
      if (percent(10)) {
        to[0] = (char)(to[0] >= 'a' && to[0] <= 'z' ? to[0] & ~0x20 : to[0]);
        if (percent(20)) for (char *c = to; *c != '@'; c++) if (*c >= 'a' && *c <= 'z') *c &= ~0x20;
      }
    } else if (kind < 94) {
      end = local_part(to);
    } else {
      end = decimal(text(to, percent(50) ? "+339" : "09"), 10000000 + below(89999999));
    }
    if (!*place(hash(to, (size_t)(end - to)))) return end;
  }
}

static char *host(char *to) {
  uint32_t site = skewed_below(HOSTS);
  if (site % 4 == 0) to = text(to, "www.");
  if (site % 7 == 0) to = text(to, "accounts.");
  return text(decimal(word_of(to, site, 2), site), site % 3 ? ".example" : ".test");
}

static char *address(char *to) {
  static const char *const networks[] = {"192.0.2.", "198.51.100.", "203.0.113."};
  to = decimal(text(to, networks[below(3)]), 1 + below(254));
  return percent(60) ? decimal(text(to, ":"), 80 + below(9000)) : to;
}

/* 6.5 % Android apps, 2.5 % addresses, 3 % with a port, 8 % long, some without a scheme. */
static char *url(char *to) {
  uint32_t kind = below(1000);
  if (kind < 65) {
    to = letters(text(to, "android://"), 86, base64, 64);
    to = word(text(to, "==@example."), 2);
    return text(word(text(to, "."), 2), "/");
  }
  if (kind < 90) return text(address(text(to, "http://")), paths[below(8)]);
  if (kind >= 200 || kind < 120) {
    if (below(10)) to = text(to, kind % 10 ? "https://" : "http://");
    to = host(to);
    if (kind < 120) to = decimal(text(to, ":"), 1000 + below(60000));
    return text(to, paths[below(sizeof paths / sizeof *paths)]);
  }
  to = text(host(text(to, "https://")), "/o/oauth2/v2/auth?client_id=");
  to = letters(to, 24, base64, 64);
  to = host(text(to, "&redirect_uri=https%3A%2F%2F"));
  return letters(text(to, "%2Fcallback&continue=%2Fhome&state="), (int)(10 + below(60)), base64, 64);
}

/* 4 % with a colon, 3 % Cyrillic. */
static char *password(char *to) {
  to = text(to, "CANARY");
  uint32_t kind = below(100);
  if (kind < 4) return decimal(text(word(to, 1), ":"), below(1000));
  if (kind < 7) return decimal(text(to, cyrillic[below(6)]), below(100));
  if (kind < 40) return decimal(to, below(1000000));
  return letters(to, (int)(3 + below(6)), base64, 62);
}

/* Which records are planted. */
static uint64_t spacing;

static void plant(uint64_t records) {
  spacing = records / LEAST_PLANTED;
  if (spacing > 1000000) spacing = 1000000;
  if (spacing == 0) spacing = 1;
}

static bool is_planted(uint64_t record) { return record % spacing == spacing / 2; }

/* A line of 89.7 bytes on average, as measured on what it writes. */
static char *line(char *to, uint64_t record) {
  if (below(2500) == 0) {
    if (percent(50)) return text(to, "\n");
    return text(to, "=================== fresh lines, daily, @invented_channel ===================\n");
  }
  static const char separators[] = "|;\t";
  char separator = percent(96) ? ':' : separators[below(3)];
  to = url(to);
  *to++ = separator;
  to = is_planted(record) ? planted_login(to) : login(to);
  *to++ = separator;
  to = password(to);
  return text(to, percent(5) ? "\r\n" : "\n");
}

/* One entry of 156 bytes on average; `dialect` is 0 to 5: three, each with LF and CRLF. */
static char *block(char *to, uint64_t record, uint32_t dialect) {
  const char *end = dialect % 2 ? "\r\n" : "\n";
  static const char *const labels[3][3] = {
      {"URL: ", "Username: ", "Password: "}, {"Host: ", "Login: ", "Password: "}, {"URL: ", "USER: ", "PASS: "}};
  const char *const *label = labels[dialect / 2];
  const char *browser = browsers[below(4)];
  if (dialect / 2 == 1) to = text(text(text(to, "Soft: "), browser), end);
  if (dialect / 2 == 2) to = text(text(text(to, "Browser: "), browser), end);
  to = text(url(text(to, label[0])), end);
  to = text(to, label[1]);
  to = text(is_planted(record) ? planted_login(to) : login(to), end);
  to = text(password(text(to, label[2])), end);
  if (dialect / 2 == 0) to = text(text(text(to, "Application: "), browser), end);
  return text(text(to, dialect / 2 ? "" : "==============="), end);
}

/* Files */

static void write_all(FILE *file, const char *bytes, size_t count) {
  if (fwrite(bytes, 1, count, file) != count) fail("write");
}

static FILE *create(const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file) fail(path);
  return file;
}

static void finish(FILE *file) {
  if (fclose(file)) fail("write");
}

static void write_one_file(const char *path, uint64_t bytes, bool has_blocks) {
  static char buffer[BUFFER_BYTES + RECORD_BYTES];
  FILE *file = create(path);
  plant(bytes / (has_blocks ? 156 : 90));
  uint64_t written = 0, record = 0;
  while (written < bytes) {
    char *end = buffer;
    while (end < buffer + BUFFER_BYTES && written + (uint64_t)(end - buffer) < bytes) {
      /* A joined file: one dialect for as long as a log has it. */
      end = has_blocks ? block(end, record, (uint32_t)(record / 50 % 6)) : line(end, record);
      record++;
    }
    write_all(file, buffer, (size_t)(end - buffer));
    written += (uint64_t)(end - buffer);
  }
  finish(file);
}

static void folder(const char *path) {
  if (mkdir(path, 0700)) fail(path);
}

static void write_file(const char *folder_path, const char *name, const char *bytes, const char *end) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder_path, name);
  FILE *file = create(path);
  write_all(file, bytes, (size_t)(end - bytes));
  finish(file);
}

static char *system_information(char *to, uint32_t log) {
  to = decimal(text(to, "Network:\r\n - IP: 192.0.2."), log % 255);
  to = text(to, "\r\n - Country: FR\r\n\r\nSystem:\r\n - ComputerName: DESKTOP-");
  to = letters(to, 7, base64, 26);
  to = text(to, "\r\n - UserName: ");
  to = text(word(to, 2), "\r\n - Operating System: Windows 10 Pro x64\r\n - Local Time: 2025/07/0");
  to = text(decimal(to, 1 + log % 9), " 11:22:33\r\n - HWID: ");
  to = letters(to, 32, "0123456789ABCDEF", 16);
  to = text(to, "\r\n - Processor: Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz\r\n - RAM: 16307 MB\r\n\r\nProcesses:\r\n");
  for (int index = 0; index < 25; index++) to = text(word(text(to, "  "), 3), ".exe\r\n");
  return to;
}

static char *autofills(char *to) {
  for (int index = 0; index < 45; index++) {
    to = text(word(text(to, "FORM: "), 2), "\r\nVALUE: ");
    to = text(word(to, 3), "\r\n\r\n");
  }
  return to;
}

static char *cookies(char *to) {
  for (int index = 0; index < 112; index++) {
    to = text(host(text(to, ".")), "\tTRUE\t/\tFALSE\t");
    to = decimal(to, 1760000000 + below(30000000));
    to = text(word(text(to, "\t_"), 2), "\tCANARY");
    to = text(letters(to, (int)(20 + below(50)), base64, 64), "\n");
  }
  return to;
}

static char *history(char *to) {
  for (int index = 0; index < 25; index++) {
    to = text(url(text(to, "URL: ")), "\r\nTitle: ");
    to = text(word(to, 4), "\r\n\r\n");
  }
  return to;
}

static void write_tree(const char *path, uint32_t logs) {
  static char buffer[1 << 20];
  folder(path);
  plant((uint64_t)logs * 35);
  uint64_t record = 0;
  for (uint32_t log = 0; log < logs; log++) {
    char name[4096], below_name[4096];
    snprintf(name, sizeof name, "%s/FR_%08X_2025_07_%02u", path, log * 2654435761u, 1 + log % 28);
    folder(name);
    uint32_t dialect = log % 6;
    char *end = buffer;
    /* 35 entries on average, 10 to 60. */
    for (uint32_t count = 10 + below(51); count; count--) end = block(end, record++, dialect);
    write_file(name, "Passwords.txt", buffer, end);
    write_file(name, "UserInformation.txt", buffer, system_information(buffer, log));
    static const char *const folders[] = {"Autofills", "Cookies", "History"};
    for (int index = 0; index < 3; index++) {
      if (snprintf(below_name, sizeof below_name, "%s/%s", name, folders[index]) >= (int)sizeof below_name) exit(2);
      folder(below_name);
      end = index == 0 ? autofills(buffer) : index == 1 ? cookies(buffer) : history(buffer);
      write_file(below_name, "Google_[Chrome]_Default.txt", buffer, end);
    }
  }
}

static FILE *list_file;

static void write_account(uint64_t index, const char *login, size_t count) {
  write_all(list_file, login, count);
  fprintf(list_file, ",R-%07llu\n", (unsigned long long)index);
}

static void write_pattern(uint64_t index, const char *login, size_t count) {
  (void)index;
  write_all(list_file, login, count);
  write_all(list_file, "\n", 1);
}

int main(int count, char **arguments) {
  uint64_t size = count > 2 ? strtoull(arguments[2], NULL, 10) : 0;
  const char *what = count > 1 ? arguments[1] : "";
  if (count == 4 && (!strcmp(what, "ulp") || !strcmp(what, "blocks") || !strcmp(what, "tree"))) {
    draw_accounts(0, LISTED_ACCOUNTS, NULL);
    state = what[0] == 'u' ? 1 : what[0] == 'b' ? 2 : 3;
    if (what[0] == 't') write_tree(arguments[3], (uint32_t)size);
    else write_one_file(arguments[3], size, what[0] == 'b');
    return 0;
  }
  bool is_list = !strcmp(what, "list");
  if (count == 5 && (is_list || !strcmp(what, "patterns"))) {
    list_file = create(arguments[4]);
    if (is_list) fputs("login,ref\n", list_file);
    draw_accounts(size, size + strtoull(arguments[3], NULL, 10), is_list ? write_account : write_pattern);
    finish(list_file);
    return 0;
  }
  fputs("usage: corpus ulp|blocks BYTES FILE, tree LOGS DIRECTORY, list|patterns FIRST COUNT FILE\n", stderr);
  return 64;
}
