// Debian's libgit2 parses all CA certificates at start-up, which takes 6 ms in every command, although we never use its
// network functions. This definition of the parsing function overrides mbedTLS's and reads nothing; a TLS connection would
// trust no certificate.
int mbedtls_x509_crt_parse_file(void *chain, const char *path);
