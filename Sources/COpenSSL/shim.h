// libcrypto as Swift sees it. SHA256_Transform is deprecated since OpenSSL 3.0 without a replacement that
// takes a saved state; KeyedHasher.swift says what it is used for, and the tests hold it equal to EVP_MAC.
#ifndef DUMPSIEVE_COPENSSL_H
#define DUMPSIEVE_COPENSSL_H
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#endif
