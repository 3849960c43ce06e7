#include "keep/shim/system_call/forward.hpp"

#include "keep/shim/system_call/transfer.hpp"

namespace shim {

using protocol::hostcall::Answer;
using protocol::hostcall::Argument;
using protocol::hostcall::data_size;
using protocol::hostcall::Extent;

namespace {

constexpr std::size_t longest_path = 4096;
constexpr std::uint64_t most_in = 4096;     // of an option or an address
constexpr std::uint64_t most_address = 128; // sockaddr_storage

} // namespace

Forward::Forward(SystemCall const& call, Call as) : call_{call}, as_{as} {
    auto const* const shape = protocol::hostcall::find_shape(as);
    if (shape == nullptr) return;
    if (shape->answer == Answer::Value) limit_ = ~0ULL >> 1;
    gives_handle_ = shape->answer == Answer::Handle;
    if (gives_handle_) limit_ = most_handle;
    bound_by_in_ = shape->answer == Answer::Sent;
}

base::Result<Extent> Forward::take(std::uint64_t size) {
    auto const extent = Extent::create(used_, size);
    if (!extent || count_ == arguments_.size()) return std::unexpected(base::Errno::Inval);
    used_ += round_up(size, sizeof(std::uint64_t));
    return *extent;
}

base::Result<void> Forward::handle(std::uint64_t descriptor) {
    auto const number = static_cast<std::uint32_t>(descriptor);
    value(TRY(call_.kernel.files.host(number, base::Errno::BadF)).handle);
    return {};
}

base::Result<void> Forward::folder(unsigned i) {
    if (call_.word(i) == working_folder) return std::unexpected(base::Errno::NoEnt);
    return handle(call_[i]);
}

base::Result<void> Forward::below(unsigned i) {
    TRY(folder(i));
    if (TRY(call_.kernel.user.load<char>(call_[i + 1])) == '/')
        return std::unexpected(base::Errno::NoEnt);
    return text(call_[i + 1]);
}

base::Result<void> Forward::text(std::uint64_t at) {
    return show(at, TRY(call_.kernel.user.text_size(at, longest_path)));
}

base::Result<void> Forward::in(std::uint64_t at, std::uint64_t size) {
    if (bound_by_in_) limit_ = size;
    bound_by_in_ = false; // only by the first
    return show(at, size);
}

base::Result<void> Forward::show(std::uint64_t at, std::uint64_t size) {
    auto const place = TRY(take(size));
    TRY(call_.kernel.user.check(at, size, Access::Read));
    TRY(ins_.add({at, place, Bound::Whole}));
    value(place.encode());
    return {};
}

base::Result<void> Forward::fill(std::uint64_t at, std::uint64_t size, Bound bound) {
    auto const place = TRY(take(size));
    TRY(call_.kernel.user.check(at, size, Access::Write));
    TRY(outs_.add({at, place, bound}));
    value(place.encode());
    return {};
}

base::Result<void> Forward::out(std::uint64_t at, std::uint64_t size) {
    return fill(at, size, Bound::Whole);
}

base::Result<void> Forward::result(std::uint64_t at, std::uint64_t size) {
    limit_ = smaller(size, data_size - used_);
    return fill(at, limit_, Bound::ByAnswer);
}

base::Result<void> Forward::sized(std::uint64_t at, std::uint64_t size_at) {
    bool const given = at != 0 && size_at != 0;
    auto const room = given ? TRY(call_.kernel.user.load<std::uint32_t>(size_at)) : 0;
    TRY(fill(given ? at : 0, smaller(room, most_in), Bound::ByNext));
    return out(given ? size_at : 0, given ? sizeof room : 0);
}

Reply Forward::copy_answer(Message& message, std::uint64_t answer) const {
    auto const outs = outs_.all();
    for (std::size_t i = 0; i < outs.size(); ++i) {
        std::uint64_t size = outs[i].extent.size();
        if (outs[i].bound == Bound::ByAnswer) size = smaller(answer, size);
        if (outs[i].bound == Bound::ByNext && size != 0) {
            auto const told = message.heard(outs[i + 1].extent).fetch<std::uint32_t>();
            // An address may be larger than its buffer; larger than any, it would only tempt the
            // program to read on.
            if (told > larger(size, most_address)) return std::unexpected(base::Errno::Proto);
            size = smaller(told, size);
        }
        TRY(call_.kernel.user.take(outs[i].at, message.heard(outs[i].extent, size)));
    }
    return answer;
}

Reply Forward::send() {
    auto& kernel = call_.kernel;
    Message message{kernel.host};
    for (auto const& in : ins_.all())
        TRY(kernel.user.show(in.at, in.extent.size(), message.shown(), in.extent.offset()));
    auto const answer = TRY(kernel.wait(as_, arguments_, limit_));
    auto const copied = copy_answer(message, answer);
    if (!copied && gives_handle_) return_handle(call_, answer);
    return copied;
}

void return_handle(SystemCall const& call, std::uint64_t handle) {
    auto const number = static_cast<std::uint32_t>(handle);
    if (call.kernel.files.handle_in_use(number)) return;
    static_cast<void>(call.kernel.wait(Call::Close, {number}, 0));
}

Reply add_handle(
    SystemCall const& call, std::uint64_t handle, std::uint64_t flags, bool close_late
) {
    auto& files = call.kernel.files;
    File const file{
        .kind = File::Kind::Host,
        .close_on_exec = (flags & open_close_on_exec) != 0,
        .close_late = close_late,
        .handle = static_cast<std::uint32_t>(handle),
        .opened = files.count_opened(),
    };
    if (files.handle_in_use(file.handle)) return std::unexpected(base::Errno::Proto);
    auto const number = files.add(file);
    if (!number) return_handle(call, file.handle);
    return number;
}

// By the row, which says what each argument is: a path follows its folder, a buffer's size follows
// the buffer, or an address where that size is and where the host's is put.
Reply system_call::forward(SystemCall const& call) {
    auto const* const shape = protocol::hostcall::find_shape(static_cast<Call>(call.frame.rax));
    if (shape == nullptr || shape->answer == Answer::Handle)
        return std::unexpected(base::Errno::NoSys);
    Forward forward{call, shape->call};
    auto const& kinds = shape->arguments;
    for (unsigned i = 0, from = 0; i < kinds.size() && kinds[i] != Argument::None; ++i, ++from) {
        auto const next = i + 1 < kinds.size() ? kinds[i + 1] : Argument::None;
        if (kinds[i] == Argument::Handle && next == Argument::Path) {
            TRY(forward.below(from++));
            ++i;
        } else if (kinds[i] == Argument::Handle) {
            TRY(forward.handle(call[from]));
        } else if (kinds[i] == Argument::Target) {
            TRY(forward.text(call[from]));
        } else if (kinds[i] == Argument::Value) {
            forward.value(call[from]);
        } else if (kinds[i] == Argument::In) {
            auto const size = static_cast<std::uint32_t>(call[from + 1]);
            if (size > most_in) return std::unexpected(base::Errno::Inval);
            TRY(forward.in(call[from], size));
            ++from;
        } else if (kinds[i] == Argument::Out && next == Argument::InOut) {
            TRY(forward.sized(call[from], call[from + 1]));
            ++from, ++i;
        } else if (kinds[i] == Argument::Out) {
            TRY(forward.result(
                call[from], smaller(static_cast<std::uint32_t>(call[from + 1]), data_size)
            ));
            ++from;
        } else {
            return std::unexpected(base::Errno::NoSys);
        }
    }
    return forward.send();
}

} // namespace shim
