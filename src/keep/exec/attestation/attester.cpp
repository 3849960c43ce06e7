#include "keep/exec/attestation/attester.hpp"

#include "crypto/digest.hpp"

namespace exec::attestation {

namespace evidence = protocol::evidence;

base::Result<void> Attester::bind(base::View user_data) {
    user_data_ = TRY(evidence::UserData::of(user_data));
    return {};
}

evidence::Application Attester::application() const {
    return {
        .workload = identity_.workload,
        .configuration = identity_.configuration,
        .user_data = user_data_
    };
}

std::vector<std::byte> Attester::with_report(base::View report) const {
    return evidence::encode(
        evidence::Vouched{
            .report = report,
            .application = application(),
            .certificates = identity_.hardware->certificates
        }
    );
}

base::Result<std::vector<std::byte>> Attester::evidence() const {
    evidence::ReportDataInput const input{application()};
    if (identity_.hardware) {
        // The shim puts the purpose's words in front.
        constexpr auto purpose = evidence::Purpose::Application;
        auto const bound = input.view().subspan(evidence::text_of(purpose).size());
        return with_report(TRY(identity_.hardware->report(purpose, bound)));
    }
    auto const encoded = evidence::encode(
        evidence::NoHardware{
            .application = application(),
            .measurement = identity_.measurement,
            .report_data = crypto::sha512(input.view())
        }
    );
    return std::vector(encoded.view().begin(), encoded.view().end());
}

std::size_t Attester::evidence_size() const {
    base::Bytes<evidence::snp_report_size> const any{};
    // Without hardware it costs nothing to make.
    return identity_.hardware ? with_report(any).size() : evidence()->size();
}

} // namespace exec::attestation
