// One ioctl of the target, as the objects behind its descriptors see it.
#pragma once
#include "base/bytes.hpp"
#include "base/descriptor.hpp"
#include "front/listener.hpp"

#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace model::kvm {

/// What a call comes back with: a value or -errno; or a new object's descriptor; or nothing yet.
struct Reply {
    enum class Kind : std::uint8_t { Value, Gift, Later };
    Kind kind = Kind::Value;
    long value = 0;
    int gift = -1; // a descriptor of the model's that the target gets

    // NOLINTNEXTLINE(google-explicit-constructor): that is what nearly all calls return
    Reply(long outcome) : value{outcome} {}
    static Reply give(int descriptor) {
        Reply reply{0};
        reply.kind = Kind::Gift;
        reply.gift = descriptor;
        return reply;
    }
    static Reply later() {
        Reply reply{0};
        reply.kind = Kind::Later;
        return reply;
    }
};

class Object;

/// Finds what stands behind a number in the target's table.
class Table {
public:
    Table() = default;
    Table(Table const&) = delete;
    Table& operator=(Table const&) = delete;
    virtual ~Table() = default;
    virtual std::shared_ptr<Object> find(pid_t thread, int number) = 0;
    virtual void add(std::shared_ptr<Object> object) = 0;
};

struct Context {
    front::Listener& listener;
    front::Call const& call;
    Table& table;

    std::uint32_t request() const { return static_cast<std::uint32_t>(call.arguments[1]); }
    std::uint64_t argument() const { return call.arguments[2]; }
    template <class T> std::optional<T> read() const { return read_at<T>(argument()); }
    template <class T> std::optional<T> read_at(std::uint64_t at) const {
        T value;
        if (!front::read_memory(call.thread, at, bytes_of(value))) return std::nullopt;
        return value;
    }
    template <class T> Reply write(T const& value, long outcome = 0) const {
        return write_at(argument(), value, outcome);
    }
    template <class T> Reply write_at(std::uint64_t at, T const& value, long outcome = 0) const {
        return front::write_memory(call.thread, at, bytes_of(value)) ? outcome : -EFAULT;
    }
};

/// Something that a descriptor of the target names.
class Object {
public:
    Object() = default;
    Object(Object const&) = delete;
    Object& operator=(Object const&) = delete;
    virtual ~Object() = default;
    virtual Reply ioctl(Context&) = 0;
    /// fallocate(); null: it is an ordinary file's.
    virtual std::optional<long> fallocate(int, std::uint64_t, std::uint64_t) {
        return std::nullopt;
    }
    /// By which the target's descriptor is recognised: of the file that it got.
    std::uint64_t inode() const { return inode_; }
    /// Readable with an end of file when the target has closed the last descriptor; -1: it lives as
    /// long as its owner.
    virtual int ends() const { return -1; }
    /// The descriptor that the target gets, until it has it.
    virtual int theirs() const { return -1; }
    virtual void given() {}

protected:
    void set_inode(int descriptor);

private:
    std::uint64_t inode_ = 0;
};

/// An object whose descriptor can be neither read nor mapped, and tells when the target has closed
/// it.
class TokenObject : public Object {
public:
    TokenObject();
    int ends() const override { return ours_.number(); }
    int theirs() const override { return theirs_.number(); }
    void given() override { theirs_ = Descriptor{}; }

private:
    Descriptor ours_;
    Descriptor theirs_;
};

} // namespace model::kvm
