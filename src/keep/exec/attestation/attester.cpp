#include "keep/exec/attestation/attester.hpp"

#include "crypto/digest.hpp"

namespace exec::attestation {

base::Result<void> Attester::bind(base::View user_data) {
    user_data_ = TRY(protocol::evidence::UserData::of(user_data));
    return {};
}

std::vector<std::byte> Attester::evidence() const {
    protocol::evidence::Application const application{
        .workload = identity_.workload,
        .configuration = identity_.configuration,
        .user_data = user_data_
    };
    auto const report_data =
        crypto::sha512(protocol::evidence::ReportDataInput{application}.view());
    auto const encoded = protocol::evidence::encode(
        {.application = application,
         .measurement = identity_.measurement,
         .report_data = report_data}
    );
    return {encoded.view().begin(), encoded.view().end()};
}

} // namespace exec::attestation
