#include "station/uploading.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <random>

#include "service/checks.hpp"
#include "station/clocks.hpp"
#include "station/enrolment.hpp"
#include "station/files.hpp"
#include "station/ids.hpp"

namespace imloop::station {
namespace {

constexpr std::chrono::seconds poll_time{1};  ///< how soon what another process saved is seen
/// A request with all its time-outs, tried twice, takes less.
constexpr std::chrono::minutes stuck_time{5};
constexpr loop::Moment look_pause = 3600 * 1000;  ///< between two looks at how the hub stands
constexpr loop::Moment look_again = 30 * 1000;    ///< where it did not answer

/// When the files that say who we are and who the hub is were last written.
using KeyTimes = std::array<std::filesystem::file_time_type, 4>;

KeyTimes key_times(const Config& config) {
    KeyTimes out;
    std::error_code missing;  // said when it is read
    std::ranges::transform(std::array{&config.hub.key, &config.hub.certificate, &config.hub.ca, &config.hub.hub_key},
                           out.begin(),
                           [&](const auto* file) { return std::filesystem::last_write_time(*file, missing); });
    return out;
}

}  // namespace

journal::PrivateKey station_key(const Config& config) {
    return journal::PrivateKey::from_pem(read_file(config.hub.key)).value();
}
journal::PublicKey hub_key(const Config& config) {
    return journal::PublicKey::from_pem(read_file(config.hub.hub_key)).value();
}

Uploading::Uploading(Config config)
    : config_(std::move(config)),
      lock_(config_.data),
      outbox_(config_.data, config_.station_id, [] { return new_uuid7(unix_now()); }) {
    if (!lock_.held()) throw std::runtime_error(data_in_use);
    station_key(config_);
    hub_key(config_);
    thread_ = std::thread([this] { work(); });
}

Uploading::~Uploading() {
    {
        const std::lock_guard guard(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

UploadState Uploading::state() const {
    const std::lock_guard guard(mutex_);
    return state_;
}

bool Uploading::healthy() const {
    const std::lock_guard guard(mutex_);
    return !at_work_since_ || std::chrono::steady_clock::now() - *at_work_since_ < stuck_time;
}

void Uploading::at_work(bool working) {
    const std::lock_guard guard(mutex_);
    at_work_since_ = working ? std::optional(std::chrono::steady_clock::now()) : std::nullopt;
}

void Uploading::try_now() {
    {
        const std::lock_guard guard(mutex_);
        poked_ = retry_ = true;
    }
    wake_.notify_all();
}

void Uploading::appended() {
    {
        const std::lock_guard guard(mutex_);
        // A pause after a failure goes on: what was appended waits with the rest.
        if (state_.kind == UploadState::Kind::idle) poked_ = true;
    }
    wake_.notify_all();
}

bool Uploading::pause(std::chrono::milliseconds time, const std::string& why) {
    at_work(false);
    std::unique_lock guard(mutex_);
    if (!why.empty()) {
        state_.kind = UploadState::Kind::waiting;
        state_.why = why;
        state_.next_attempt = unix_now() + time.count();
    }
    const auto until = std::chrono::steady_clock::now() + time;
    do {
        wake_.wait_until(guard, until, [this] { return ending_ || poked_ || !errands_.empty(); });
        run_errands(guard);
    } while (!ending_ && !poked_ && std::chrono::steady_clock::now() < until);
    poked_ = false;
    at_work_since_ = std::chrono::steady_clock::now();
    if (!why.empty()) state_.kind = UploadState::Kind::sending;
    return !ending_;
}

void Uploading::with_outbox(Errand errand) {
    std::packaged_task<void()> task([this, errand = std::move(errand)] { errand(outbox_, station_key(config_)); });
    auto done = task.get_future();
    {
        const std::lock_guard guard(mutex_);
        errands_.push_back(std::move(task));
    }
    wake_.notify_all();
    done.get();
}

void Uploading::run_errands(std::unique_lock<std::mutex>& guard) {
    while (!errands_.empty()) {
        auto errand = std::move(errands_.front());
        errands_.pop_front();
        guard.unlock();
        errand();
        guard.lock();
    }
}

/// By the hub's clock, which has just said what time it is: a clock of this PC that is wrong renews nothing.
void Uploading::renew_if_due(loop::Moment hub_now) {
    const auto validity = validity_of(config_.hub.certificate);
    if (!validity || !renewal_due(*validity, hub_now)) return;
    std::string why;
    if (renew(config_, why))
        std::cout << "证书已续期 / the certificate has been renewed" << std::endl;
    else
        std::cout << "证书续期未成，稍后再试 / renewal failed, tried again later: " << why << std::endl;
}

void Uploading::look_at_hub_if_due(Uploader& uploader) {
    const auto now = unix_now();
    if (!is_due(hub_looked_, now, look_pause)) return;
    hub_said_.reset();
    uploader.look_back();
    hub_looked_ = hub_said_ ? now : now - look_pause + look_again;
    if (hub_said_) renew_if_due(*hub_said_);
}

void Uploading::work() {
    std::optional<HttpClient> client;
    std::optional<Uploader> uploader;
    KeyTimes keys{};
    std::mt19937_64 engine(std::random_device{}());
    Uploader::Shell shell;
    shell.request = [&](const std::string& method, const std::string& target,
                        const std::map<std::string, std::string>& headers, std::string body) {
        at_work(true);
        if (!client) client.emplace(peer_of(config_));
        auto answer = client->request(method, target, headers, std::move(body));
        const std::lock_guard guard(mutex_);
        if (answer) {
            state_.last_answer = unix_now();
            const auto said = answer->headers.find("date");
            if (said != answer->headers.end())
                if (const auto there = service::moment_of_http(said->second)) {
                    state_.clock_ahead_ms = *state_.last_answer - *there;
                    hub_said_ = *there;
                }
        }
        return answer;
    };
    shell.sleep = [&](std::chrono::milliseconds time, const std::string& why) { return pause(time, why); };
    shell.random = [&] { return std::uniform_real_distribution<>(0, 1)(engine); };
    shell.say = [](const std::string& text) { std::cout << text << std::endl; };
    for (;;) {
        at_work(true);
        {
            const std::lock_guard guard(mutex_);
            if (ending_) return;
            if (retry_) {
                outbox_.retry();
                hub_looked_ = never;
            }
            retry_ = false;
            state_.kind = UploadState::Kind::sending;
        }
        try {
            if (const auto times = key_times(config_); !uploader || times != keys) {
                client.reset();  // it would go on showing the old certificate, past its end
                uploader.emplace(outbox_, station_key(config_), hub_key(config_), shell);
                keys = times;
            }
            look_at_hub_if_due(*uploader);
            const auto end = uploader->run();
            if (end == Uploader::End::interrupted) return;
            const std::lock_guard guard(mutex_);
            state_.kind = end == Uploader::End::stopped ? UploadState::Kind::stopped : UploadState::Kind::idle;
            state_.why = outbox_.stopped().value_or("");
            state_.next_attempt.reset();
        } catch (const std::exception& e) {
            // A full disk, a key that was moved: said, and tried again.
            std::cout << e.what() << std::endl;
            client.reset();
            if (!pause(std::chrono::seconds(10), e.what())) return;
            continue;
        }
        if (!pause(poll_time, "")) return;
        if (state().kind == UploadState::Kind::stopped) {
            std::unique_lock guard(mutex_);
            at_work_since_.reset();
            // `queue retry` and `join` of another process end it too.
            while (!ending_ && !retry_ && outbox_.stopped()) {
                wake_.wait_for(guard, poll_time, [this] { return ending_ || retry_ || !errands_.empty(); });
                run_errands(guard);
            }
            hub_looked_ = never;
            client.reset();  // a new certificate may have come
        }
    }
}

}  // namespace imloop::station
