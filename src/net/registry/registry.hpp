#pragma once

// One repository of a registry of containers (OCI distribution specification 1.1), of which nothing
// is believed: blobs and manifests are what their digests say, or a failure.

#include "crypto/digest.hpp"
#include "net/http_client.hpp"
#include "net/registry/reference.hpp"
#include "os/failure.hpp"

#include <functional>
#include <map>
#include <optional>

namespace net::registry {

struct RegistrySettings {
    HttpSettings http;                           // redirections are this client's own matter
    std::optional<std::string> credentials = {}; // "user:password"
    unsigned tries = 5;                          // of one request, and of one download
    std::chrono::milliseconds first_pause{500};  // before the second one; doubles then
    std::chrono::milliseconds longest_pause{60'000};
    std::function<void(std::string const& why, std::chrono::milliseconds pause)> note = {};
};

struct Blob {
    std::string digest;
    std::uint64_t size = 0;
};

struct ManifestBytes {
    std::string digest;
    std::string media_type;
    std::vector<std::byte> bytes;
};

// What refers to a manifest, as a registry lists it.
struct Referrer {
    std::string digest;
    std::uint64_t size = 0;
    std::string artifact_type; // empty: it does not say
};

struct NewReferrer {
    std::string manifest; // JSON
    std::string artifact_type;
    std::map<std::string, std::string> annotations; // as in the manifest
};

class Registry {
public:
    // Pushes as well as pulls, if `push`: that is what is asked for where the registry wants a
    // token.
    Registry(Reference const& where, RegistrySettings settings, bool push);

    // Of that tag or digest. The failure "package-missing": there is none.
    os::OrFailure<ManifestBytes> manifest(std::string const& wanted);
    os::OrFailure<void>
    put_manifest(std::string const& name, std::string const& media_type, base::View bytes);

    using Sink = std::function<os::OrFailure<void>(std::uint64_t offset, base::View bytes)>;
    // Every byte once and in order, also where the registry has to be asked again for the rest. It
    // is the blob when this succeeds, and not before.
    os::OrFailure<void> blob(Blob const& wanted, Sink const& sink);
    // Bytes of a blob from there on, `most` or up to its end; none behind it. Whether they are the
    // right ones is not looked at: that is for who has the rest.
    os::OrFailure<std::vector<std::byte>>
    part(std::string const& digest, std::uint64_t offset, std::size_t most);
    os::OrFailure<std::vector<std::byte>> small_blob(Blob const& wanted, std::size_t most);

    os::OrFailure<bool> has(Blob const& blob);
    os::OrFailure<void> upload(Blob const& blob, RequestBody const& body);

    // What refers to that manifest, by the API for it or, where the registry has none, by the tag.
    os::OrFailure<std::vector<Referrer>> referrers(std::string const& digest);
    // Puts a manifest that names `subject` as its subject among what refers to that.
    os::OrFailure<void> attach(std::string const& subject, NewReferrer const& referrer);

    std::string const& name() const { return name_; }

private:
    // Once, but for a registry that wants to know who asks.
    os::OrFailure<OrTrouble<HttpAnswer>> attempt(HttpRequest const& request, BodySink* sink);
    os::OrFailure<HttpAnswer>
    write_manifest(std::string const& name, std::string const& media_type, base::View bytes);
    os::OrFailure<std::optional<std::vector<std::byte>>> listed(std::string const& digest);
    OrTrouble<HttpAnswer> ask_as_known(HttpRequest request, BodySink* sink);
    os::OrFailure<HttpAnswer> ask(HttpRequest const& request); // again where it is busy
    os::OrFailure<bool> introduce(HttpAnswer const& challenged);
    os::OrFailure<std::string> token(std::map<std::string, std::string> const& parameters);
    struct Session {
        Place place;
        std::uint64_t least_chunk = 0;
    };
    os::OrFailure<Session> begin_upload();
    os::OrFailure<HttpAnswer> upload_whole(Blob const& blob, RequestBody const& body);
    os::OrFailure<HttpAnswer> upload_in_chunks(Blob const& blob, RequestBody const& body);
    bool pause(unsigned tried, std::string const& why, HttpAnswer const* answer) const;
    HttpRequest request(std::string method, std::string const& rest) const;

    Reference where_;
    RegistrySettings settings_;
    bool push_;
    std::string name_;
    HttpClient client_;
    bool answered_ = false;     // one that has never is not asked again and again
    std::string authorization_; // of the registry itself, and of no other server
};

} // namespace net::registry
