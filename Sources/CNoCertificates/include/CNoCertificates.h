// Starting libgit2 as Debian builds it parses the system's whole bundle of CA certificates, 6 ms that every command would
// pay, although nothing here ever uses libgit2's network side. The executable's own definition of the function that reads
// the bundle comes before mbedTLS's: it reads nothing, and a TLS connection, were one ever made, would trust nobody.
int mbedtls_x509_crt_parse_file(void *chain, const char *path);
