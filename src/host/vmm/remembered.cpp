#include "host/vmm/remembered.hpp"

#include "host/vmm/measurement.hpp"
#include "os/read_file.hpp"

#include <array>
#include <chrono>
#include <vector>

#include <sys/stat.h>

namespace host::vmm {

namespace {

using crypto::Sha256;
using crypto::Sha256Digest;
using protocol::evidence::Measurement;
using namespace std::chrono_literals;

constexpr std::string_view purpose = "enarx measurement 1";
// Longer than the steps in which any usual file system counts its times.
constexpr std::chrono::nanoseconds settled = 2s;

struct Record {
    Sha256Digest of;
    Measurement measurement;
    Sha256Digest digest; // of the two: a file that a crash has emptied holds zeros
};

template <class T> base::View bytes_of(T const& value) {
    return std::as_bytes(std::span{&value, 1});
}

Sha256Digest digest_of(Record const& record) {
    return Sha256{}.add(base::view_of(purpose)).add(record.of).add(record.measurement).digest();
}

// Each write to a file sets its time of change, which no call sets to another.
bool add_file(Sha256& sum, os::Fd const& file, std::chrono::nanoseconds now) {
    struct ::stat status{};
    if (::fstat(file.number(), &status) != 0) return false;
    auto const changed = std::chrono::seconds{status.st_ctim.tv_sec} +
                         std::chrono::nanoseconds{status.st_ctim.tv_nsec};
    if (now < changed + settled) return false;
    std::array<std::uint64_t, 7> const words{
        status.st_dev,
        status.st_ino,
        static_cast<std::uint64_t>(status.st_size),
        static_cast<std::uint64_t>(status.st_ctim.tv_sec),
        static_cast<std::uint64_t>(status.st_ctim.tv_nsec),
        static_cast<std::uint64_t>(status.st_mtim.tv_sec),
        static_cast<std::uint64_t>(status.st_mtim.tv_nsec),
    };
    sum.add(bytes_of(words));
    return true;
}

bool add_contents(
    Sha256& sum, Contents const& contents, Supply const& supply, std::chrono::nanoseconds now
) {
    if (auto const* file = supply.source(contents)) return add_file(sum, *file, now);
    std::vector<std::byte> bytes(contents.size);
    if (!bytes.empty() && !supply.read(contents, 0, bytes)) return false;
    sum.add(bytes);
    return true;
}

// What a measurement is of: places and types of the regions that the launch adds, the bytes of the
// small ones, and of whole files which they are and when they last changed. None: a change of a
// file is so recent that another one may bear the same time, or something cannot be read.
std::optional<Sha256Digest>
identity(std::span<Region const> regions, Supply const& supply, std::chrono::nanoseconds now) {
    Sha256 sum;
    sum.add(base::view_of(purpose));
    for (auto const& region : regions) {
        if (!region.type) continue;
        std::array<std::uint64_t, 5> const words{
            static_cast<std::uint64_t>(*region.type),
            region.begin,
            region.end,
            static_cast<std::uint64_t>(region.contents.part),
            region.contents.size
        };
        sum.add(bytes_of(words));
        if (attest::measure::contents_measured(*region.type) &&
            !add_contents(sum, region.contents, supply, now))
            return {};
    }
    return sum.digest();
}

} // namespace

os::OrFailure<Measurement> Remembered::measure(
    std::span<Region const> regions, Supply const& supply, std::chrono::nanoseconds now
) const {
    auto const before = identity(regions, supply, now);
    if (auto const found = before ? find(*before) : std::nullopt) return *found;
    auto const measurement = TRY(vmm::measure(regions, supply));
    // Of a file that changes while it is read the record is of a time of change that has passed.
    if (before) keep(*before, measurement);
    return measurement;
}

std::optional<Measurement> Remembered::find(Sha256Digest const& of) const {
    auto const file = folder_.own_file(name_);
    Record record{};
    bool const there =
        file && os::read_part(*file, 0, std::as_writable_bytes(std::span{&record, 1}));
    if (!there || record.of != of || record.digest != digest_of(record)) return {};
    return record.measurement;
}

void Remembered::keep(Sha256Digest const& of, Measurement const& found) const {
    Record record{.of = of, .measurement = found, .digest = {}};
    record.digest = digest_of(record);
    std::array<std::span<std::byte const>, 1> const parts{bytes_of(record)};
    (void)folder_.write(name_, parts);
}

} // namespace host::vmm
