#pragma once

// A second TLS implementation for the tests: Python's ssl module in a process of its own
// (test/network/tls_peer.py), with certificates made by the openssl command.

#include "base/test_folders.hpp"
#include "os/temporary_directory.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace exec::net {

// A folder of certificates, made once in a test program; each as PEM text or as a path.
class Certificates {
public:
    static Certificates const& get() {
        static Certificates const made;
        return made;
    }
    std::string path(std::string const& name) const { return folder_.path() + "/" + name; }
    std::string text(std::string const& name) const {
        std::ifstream file{path(name)};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    // Writes a text that the test has, so that the peer can read it.
    std::string write(std::string const& name, std::string const& text) const {
        std::ofstream{path(name)} << text;
        return path(name);
    }

    Certificates(Certificates&&) = delete;
    Certificates& operator=(Certificates&&) = delete;
    ~Certificates() = default;

private:
    Certificates() {
        auto const command = std::string{enarx::test::source_folder} +
                             "/test/network/make_certificates.sh " + folder_.path();
        if (std::system(command.c_str()) != 0) std::fprintf(stderr, "no certificates\n");
    }

    os::TemporaryDirectory folder_;
};

// The peer playing one story; its output is read without waiting for it.
class TlsPeer {
public:
    explicit TlsPeer(std::string const& arguments) {
        auto const command = "exec timeout 60 /usr/bin/python3 " +
                             std::string{enarx::test::source_folder} +
                             "/test/network/tls_peer.py " + arguments;
        pipe_ = ::popen(command.c_str(), "re");
        if (pipe_ != nullptr) ::fcntl(::fileno(pipe_), F_SETFL, O_NONBLOCK);
    }
    TlsPeer(TlsPeer&&) = delete;
    TlsPeer& operator=(TlsPeer&&) = delete;
    ~TlsPeer() {
        if (pipe_ != nullptr) ::pclose(pipe_);
    }

    bool running() {
        std::array<char, 4096> buffer{};
        auto const count = ::read(::fileno(pipe_), buffer.data(), buffer.size());
        if (count > 0) output_.append(buffer.data(), static_cast<std::size_t>(count));
        return count != 0;
    }
    // Waits up to ten seconds for a whole line of output.
    std::string line() {
        for (int round = 0; round < 1000; ++round) {
            if (auto const end = output_.find('\n'); end != std::string::npos) {
                auto const line = output_.substr(0, end);
                output_.erase(0, end + 1);
                return line;
            }
            pollfd entry{.fd = ::fileno(pipe_), .events = POLLIN, .revents = 0};
            ::poll(&entry, 1, 10);
            if (!running()) return output_;
        }
        return "no line";
    }
    std::string const& output() const { return output_; }
    // The exit status, once it has ended.
    int status() {
        while (running()) ::usleep(1000);
        int const status = ::pclose(pipe_);
        pipe_ = nullptr;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    std::FILE* pipe_;
    std::string output_;
};

} // namespace exec::net
