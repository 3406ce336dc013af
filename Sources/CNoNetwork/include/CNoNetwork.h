#include <stdbool.h>

// Definitions that replace those of libgit2 and mbedTLS, because we never use libgit2's network.

// Debian's libgit2 parses all CA certificates at start-up, which takes 6 ms in every command. This definition reads
// nothing; a TLS connection would trust no certificate.
int mbedtls_x509_crt_parse_file(void *chain, const char *path);

// A release links libgit2 as an archive. Then the linker takes these definitions, and leaves out the transports with
// libssh2, mbedTLS and GSSAPI, which only they need. A shared libgit2 keeps its own.
struct git_transport;
struct git_remote;
int git_transport_new(struct git_transport **out, struct git_remote *owner, const char *url);
int git_transport_ssh_global_init(void);
int git_mbedtls_stream_global_init(void);
int git_mbedtls__set_cert_location(const char *file, const char *path);
extern bool git_http__expect_continue;
