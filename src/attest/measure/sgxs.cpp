#include "attest/measure/sgxs.hpp"

#include "hw/sgx/measurement.hpp"

#include <bit>
#include <unordered_set>

namespace attest::measure {

namespace {

using base::Result;
using crypto::Malformed;
using namespace hw::sgx;

class StreamReader {
public:
    explicit StreamReader(base::View stream) : left_{stream}, size_{stream.size()} {}

    Result<EnclaveBuild, Malformed> read();

private:
    template <base::Wire T> Result<T, Malformed> block(std::string_view what) {
        start_ = size_ - left_.size();
        auto const bytes = left_;
        auto const found = base::take<T>(left_);
        if (!found) return std::unexpected(Malformed{.what = what, .offset = start_});
        if (measured_) hash_.add(bytes.first(sizeof(T)));
        return *found;
    }
    std::unexpected<Malformed> wrong(std::string_view what, std::size_t inside = 0) const {
        return std::unexpected(Malformed{.what = what, .offset = start_ + inside});
    }
    bool at(Tag const& tag) const {
        return left_.size() >= tag.size() && base::equal(left_.first(tag.size()), tag);
    }

    Result<void, Malformed> create();
    Result<void, Malformed> add();
    Result<void, Malformed> extend();
    Result<void, Malformed> part();

    base::View left_;
    std::size_t size_;
    std::size_t start_ = 0; // of the block that is read
    bool measured_ = true;
    crypto::Sha256 hash_;
    std::unordered_set<std::uint64_t> added_;
    EnclaveBuild out_{};
};

Result<void, Malformed> StreamReader::create() {
    auto const ecreate = TRY(block<EcreateBlock>("64 bytes: an ECREATE block"));
    if (ecreate.tag != ecreate_tag) return wrong("ECREATE at the start");
    if (ecreate.ssa_frame_size == 0) return wrong("SSAFRAMESIZE above 0", 0x08);
    if (!std::has_single_bit(std::uint64_t{ecreate.size}) || ecreate.size < 2 * page_size)
        return wrong("SIZE: a power of two, of two pages at least", 0x0c);
    if (!base::all_zero(ecreate.reserved_14)) return wrong("zeros behind SIZE", 0x14);
    out_.size = ecreate.size;
    out_.ssa_frame_pages = ecreate.ssa_frame_size;
    return {};
}

Result<void, Malformed> StreamReader::add() {
    auto const eadd = TRY(block<EaddBlock>("64 bytes: an EADD block"));
    if (eadd.offset % page_size != 0 || eadd.offset >= out_.size)
        return wrong("EADD at a page inside the enclave", 0x08);
    if (!added_.insert(eadd.offset).second) return wrong("each page added once", 0x08);
    if (!base::all_zero(eadd.secinfo_rest)) return wrong("zeros behind SECINFO.FLAGS", 0x18);
    auto const type = eadd.secinfo_flags & SecinfoFlags::page_type_mask;
    if (type != SecinfoFlags::reg && type != SecinfoFlags::tcs)
        return wrong("SECINFO.FLAGS of a page of type REG or TCS", 0x10);
    ++out_.pages;
    if (type == SecinfoFlags::tcs) ++out_.thread_pages;
    return {};
}

Result<void, Malformed> StreamReader::extend() {
    measured_ = at(eextend_tag);
    TRY(part());
    ++(measured_ ? out_.measured_parts : out_.unmeasured_parts);
    measured_ = true;
    return {};
}

Result<void, Malformed> StreamReader::part() {
    auto const eextend = TRY(block<EextendBlock>("64 bytes: an EEXTEND block"));
    if (eextend.offset % extend_size != 0) return wrong("EEXTEND at a multiple of 256", 0x08);
    if (!added_.contains(eextend.offset - (eextend.offset % page_size)))
        return wrong("EEXTEND inside a page that was added", 0x08);
    if (!base::all_zero(eextend.reserved_10)) return wrong("zeros behind the offset", 0x10);
    (void)TRY(block<base::Bytes<extend_size>>("256 bytes: what EEXTEND measures"));
    return {};
}

Result<EnclaveBuild, Malformed> StreamReader::read() {
    TRY(create());
    while (!left_.empty()) {
        if (at(eadd_tag)) {
            TRY(add());
        } else if (at(eextend_tag) || at(unmeasured_tag)) {
            TRY(extend());
        } else {
            start_ = size_ - left_.size();
            return wrong("EADD, EEXTEND or UNMEASRD: tag of a block");
        }
    }
    out_.mr_enclave = hash_.digest();
    return out_;
}

} // namespace

bool looks_like_sgxs(base::View bytes) {
    return bytes.size() >= ecreate_tag.size() &&
           base::equal(bytes.first(ecreate_tag.size()), ecreate_tag);
}

Result<EnclaveBuild, Malformed> parse_sgxs(base::View stream) {
    return StreamReader{stream}.read();
}

} // namespace attest::measure
