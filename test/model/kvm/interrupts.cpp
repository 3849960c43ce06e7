// See interrupts.hpp.
#include "kvm/interrupts.hpp"

#include "kvm/apic.hpp"
#include "kvm/turns.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"

#include <algorithm>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace model::kvm {

namespace {

// In C++ the structure that ends in a list has another size than in C.
struct ListHead {
    std::uint32_t count;
    std::uint32_t flags;
};
constexpr unsigned set_gsi_routing = _IOW(KVMIO, 0x6a, ListHead);
constexpr std::uint32_t most_routes = 4096;
constexpr std::uint64_t level_triggered = 1U << 15; // of a message's data

void set(Descriptor const& event) {
    std::uint64_t const one = 1;
    static_cast<void>(::write(event.number(), &one, sizeof one));
}

void take(Descriptor const& event) {
    std::uint64_t count = 0;
    static_cast<void>(::read(event.number(), &count, sizeof count));
}

} // namespace

bool Interrupts::knows(std::uint32_t request) {
    switch (request) {
    case set_gsi_routing:
    case KVM_SIGNAL_MSI:
    case KVM_IRQ_LINE:
    case KVM_IRQ_LINE_STATUS:
    case KVM_IRQFD:
    case KVM_IOEVENTFD:
        return true;
    default:
        return false;
    }
}

Reply Interrupts::ioctl(Context& context) {
    if (!vm_.local_apics() && context.request() != KVM_IOEVENTFD) return -ENXIO;
    switch (context.request()) {
    case set_gsi_routing:
        return set_routes(context);
    case KVM_SIGNAL_MSI: {
        auto const wanted = context.read<kvm_msi>();
        if (!wanted) return -EFAULT;
        return wanted->flags != 0
                   ? Reply{-EINVAL}
                   : send(
                         {.address = std::uint64_t{wanted->address_hi} << 32 | wanted->address_lo,
                          .data = wanted->data}
                     );
    }
    case KVM_IRQ_LINE:
    case KVM_IRQ_LINE_STATUS: {
        auto wanted = context.read<kvm_irq_level>();
        if (!wanted) return -EFAULT;
        auto const sent = wanted->level != 0 ? raise(wanted->irq) : 0;
        if (context.request() == KVM_IRQ_LINE) return 0;
        wanted->status = static_cast<std::int32_t>(sent);
        return context.write(*wanted);
    }
    case KVM_IRQFD:
        return set_raiser(context);
    default:
        return set_store(context);
    }
}

Reply Interrupts::set_routes(Context& context) {
    auto const head = context.read<ListHead>();
    if (!head) return -EFAULT;
    if (head->count > most_routes || head->flags != 0) return -EINVAL;
    std::map<std::uint32_t, Message> routes;
    for (std::uint32_t i = 0; i < head->count; ++i) {
        auto const one = context.read_at<kvm_irq_routing_entry>(
            context.argument() + sizeof *head + i * sizeof(kvm_irq_routing_entry)
        );
        if (!one) return -EFAULT;
        // There is no other interrupt controller here that a number could lead to.
        if (one->type != KVM_IRQ_ROUTING_MSI || one->flags != 0 || one->gsi >= most_routes)
            return -EINVAL;
        auto const& message = one->u.msi;
        routes[one->gsi] = {
            .address = std::uint64_t{message.address_hi} << 32 | message.address_lo,
            .data = message.data
        };
    }
    routes_ = std::move(routes);
    return 0;
}

long Interrupts::raise(std::uint32_t gsi) {
    auto const found = routes_.find(gsi);
    return found == routes_.end() ? -1 : send(found->second);
}

long Interrupts::send(Message const& message) {
    auto const to = static_cast<std::uint32_t>(message.address >> 12 & 0xff);
    bool const logical = (message.address >> 2 & 1) != 0;
    return Apic::deliver(vm_, message.data, logical, to, to == 0xff);
}

bool Interrupts::tells_end_of(std::uint8_t vector) const {
    return std::ranges::any_of(routes_, [=](auto const& route) {
        auto const data = route.second.data;
        return (data & 0xff) == vector && (data & level_triggered) != 0;
    });
}

Reply Interrupts::set_store(Context& context) {
    auto const wanted = context.read<kvm_ioeventfd>();
    if (!wanted) return -EFAULT;
    constexpr auto known =
        KVM_IOEVENTFD_FLAG_DATAMATCH | KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_DEASSIGN;
    auto const size = wanted->len;
    if ((wanted->flags & ~known) != 0 || size > 8 || (size & (size - 1)) != 0) return -EINVAL;
    bool const by_value = (wanted->flags & KVM_IOEVENTFD_FLAG_DATAMATCH) != 0;
    if (size == 0 && by_value) return -EINVAL;
    Store store{
        .port = (wanted->flags & KVM_IOEVENTFD_FLAG_PIO) != 0,
        .at = wanted->addr,
        .size = size,
        .value = by_value ? std::optional{wanted->datamatch} : std::nullopt,
        .event = {}
    };
    auto const same = std::ranges::find_if(stores_, [&](Store const& other) {
        return other.port == store.port && other.at == store.at && other.size == store.size &&
               other.value == store.value;
    });
    if ((wanted->flags & KVM_IOEVENTFD_FLAG_DEASSIGN) != 0) {
        if (same == stores_.end()) return -ENOENT;
        stores_.erase(same);
        return 0;
    }
    if (same != stores_.end()) return -EEXIST;
    store.event = front::descriptor_of(context.call.thread, wanted->fd);
    if (!store.event) return -EBADF;
    stores_.push_back(std::move(store));
    return 0;
}

bool Interrupts::stored(
    bool port, std::uint64_t at, std::uint64_t value, std::uint64_t size
) const {
    auto const found = std::ranges::find_if(stores_, [&](Store const& one) {
        return one.port == port && one.at == at && (one.size == 0 || one.size == size) &&
               (!one.value || *one.value == value);
    });
    if (found == stores_.end()) return false;
    set(found->event);
    return true;
}

Reply Interrupts::set_raiser(Context& context) {
    auto const wanted = context.read<kvm_irqfd>();
    if (!wanted) return -EFAULT;
    if ((wanted->flags & ~KVM_IRQFD_FLAG_DEASSIGN) != 0) return -EINVAL;
    Raiser raiser{
        .gsi = wanted->gsi,
        .number = static_cast<int>(wanted->fd),
        .event = std::make_shared<Descriptor>(
            front::descriptor_of(context.call.thread, static_cast<int>(wanted->fd))
        )
    };
    if (!*raiser.event) return -EBADF;
    std::scoped_lock const lock{mutex_};
    if ((wanted->flags & KVM_IRQFD_FLAG_DEASSIGN) != 0)
        std::erase_if(raisers_, [&](Raiser const& other) {
            return other.gsi == raiser.gsi && other.number == raiser.number;
        });
    else
        raisers_.push_back(std::move(raiser));
    if (!changed_) {
        changed_ = Descriptor{::eventfd(0, EFD_CLOEXEC)};
        watcher_ = std::thread{[this] { watch(); }};
    }
    set(changed_);
    return 0;
}

// The thread that waits for event descriptors, there since the first of them.
void Interrupts::watch() {
    for (;;) {
        std::vector<std::pair<std::uint32_t, std::shared_ptr<Descriptor>>> raisers;
        {
            std::scoped_lock const lock{mutex_};
            if (ending_) return;
            for (auto const& one : raisers_) raisers.emplace_back(one.gsi, one.event);
        }
        std::vector<pollfd> polled;
        for (auto const& [gsi, event] : raisers)
            polled.push_back({.fd = event->number(), .events = POLLIN, .revents = 0});
        polled.push_back({.fd = changed_.number(), .events = POLLIN, .revents = 0});
        ::poll(polled.data(), polled.size(), -1);
        if (polled.back().revents != 0) take(changed_);
        Turn const turn;
        for (std::size_t i = 0; i < raisers.size(); ++i)
            if ((polled[i].revents & POLLIN) != 0) {
                take(*raisers[i].second);
                raise(raisers[i].first);
            }
    }
}

Interrupts::~Interrupts() {
    if (!changed_) return;
    {
        std::scoped_lock const lock{mutex_};
        ending_ = true;
    }
    set(changed_);
    watcher_.join();
}

} // namespace model::kvm
