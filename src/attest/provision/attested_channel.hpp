#pragma once

// The one way from bytes of a connection to the belief that a Keep is at its other end: accept()
// judges connection, authenticator, binding and evidence, and only it makes an AttestedChannel,
// which is what a grant is sealed for.

#include "attest/appraisal.hpp"
#include "crypto/bound_channel.hpp"
#include "protocol/provision/binding.hpp"

#include <functional>
#include <optional>
#include <string>

namespace attest::provision {

// What came from the Keep in answer to the channel's request.
struct Offer {
    base::View authenticator;
    base::View binding;
};

// By which the evidence is judged; the caller adds the endorsements that the Keep sent.
struct Appraiser {
    Endorsements const& endorsements;
    Roots const& roots;
    Policy const& policy;
    Measurements const& measurements;
    std::chrono::sys_seconds at;
    Kinds kinds = Kinds::all();
    // Evidence that no hardware vouches for is taken, too: for development, and to show how it
    // goes.
    bool allow_no_hardware = false;
    // Answers with the measurements of this installation's own Keeps: for evidence without hardware
    // that carries one, where nobody named others. Asked for such evidence alone, as they take
    // time.
    std::function<std::vector<std::vector<std::byte>>()> own_measurements = {};
};

struct Demand {
    protocol::provision::Purpose purpose{};
    std::uint8_t suite = 0; // not asked for where the purpose is `ready`
    std::vector<std::byte> own_key =
        {}; // that was shown to the Keep, SubjectPublicKeyInfo; empty: none
};

// What a Keep says that it runs, where the purpose is `ready`.
struct Runs {
    std::vector<std::byte> workload;
    std::vector<std::byte> configuration;
    std::vector<std::byte> tenant;
    std::vector<std::byte> package;
    std::string deployment;
    std::uint64_t serial = 0;
};

class Answer;
Answer accept(
    crypto::BoundChannel const& channel,
    Offer const& offer,
    Demand const& demand,
    Appraiser const& appraiser
);

class AttestedChannel {
public:
    std::uint8_t suite() const { return suite_; }
    base::View identity_key() const { return identity_key_; }
    base::View recipient_key() const { return recipient_key_; }
    base::View report_data() const { return report_data_; }
    crypto::Sha256Digest const& keep_id() const { return keep_id_; }
    base::View instance() const { return instance_; }
    base::View orders() const { return orders_; }
    bool hardware() const { return hardware_; } // whether any vouches for it
    std::optional<Runs> const& runs() const { return runs_; }

private:
    friend Answer
    accept(crypto::BoundChannel const&, Offer const&, Demand const&, Appraiser const&);
    AttestedChannel() = default;

    std::uint8_t suite_ = 0;
    std::vector<std::byte> identity_key_;
    std::vector<std::byte> recipient_key_;
    std::vector<std::byte> report_data_;
    crypto::Sha256Digest keep_id_{};
    std::vector<std::byte> instance_;
    std::vector<std::byte> orders_;
    bool hardware_ = false;
    std::optional<Runs> runs_;
};

class Answer {
public:
    Verdict verdict() const { return verdict_; }
    // One for each rule that was looked at: those of the connection up to the first that failed,
    // then all of the evidence.
    std::vector<Finding> const& findings() const { return findings_; }
    std::optional<Kind> kind() const { return kind_; } // of the evidence, where there was one
    // Where it was not accepted, the stable name of the failure: "channel-unbound",
    // "protocol-version", "keep-not-empty", "evidence-refused", "evidence-undecided".
    std::string_view failure() const { return failure_; }
    // Of the evidence alone, for attestation results; of a Keep that no hardware vouches for it is
    // the refusal that everybody gives. Nothing where the evidence was not looked at.
    std::optional<Appraisal> const& appraisal() const { return appraisal_; }
    // Null unless accepted.
    AttestedChannel const* channel() const { return channel_ ? &*channel_ : nullptr; }

private:
    friend Answer
    accept(crypto::BoundChannel const&, Offer const&, Demand const&, Appraiser const&);
    Answer() = default;

    Verdict verdict_ = Verdict::Refused;
    std::vector<Finding> findings_;
    std::optional<Kind> kind_;
    std::string_view failure_;
    std::optional<Appraisal> appraisal_;
    std::optional<AttestedChannel> channel_;
};

} // namespace attest::provision
