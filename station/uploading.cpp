#include "station/uploading.hpp"

#include <ctime>
#include <iostream>
#include <random>

#include "station/enrolment.hpp"
#include "station/files.hpp"
#include "station/ids.hpp"

namespace imloop::station {
namespace {

constexpr std::chrono::seconds poll_time{1};  ///< how soon what another process saved is seen
/// A request with all its time-outs, tried twice, takes less.
constexpr std::chrono::minutes stuck_time{5};
constexpr loop::Moment renewal_pause = 3600 * 1000;

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
    if (!lock_.held())
        throw std::runtime_error(
            "另一个程序正在使用这份数据，本程序已停止，没有写入任何内容。 / Another program is using this data; this "
            "one "
            "has stopped and wrote nothing.");
    station_key(config_);
    hub_key(config_);
    Outbox(config_.data, config_.station_id, [] { return new_uuid7(unix_now()); });
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

void Uploading::renew_if_due() {
    const auto now = unix_now();
    if (now < renewal_looked_ + renewal_pause) return;
    renewal_looked_ = now;
    const auto validity = validity_of(config_.hub.certificate);
    if (!validity || !renewal_due(*validity, now)) return;
    std::string why;
    if (renew(config_, why))
        std::cout << "证书已续期 / the certificate has been renewed" << std::endl;
    else
        std::cout << "证书续期未成，稍后再试 / renewal failed, tried again later: " << why << std::endl;
}

void Uploading::work() {
    std::optional<HttpClient> client;
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
            std::tm date{};
            const auto said = answer->headers.find("date");
            if (said != answer->headers.end() &&
                ::strptime(said->second.c_str(), "%a, %d %b %Y %H:%M:%S", &date) != nullptr)
                state_.clock_ahead_ms = *state_.last_answer - ::timegm(&date) * 1000;
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
            if (retry_) outbox_.retry();
            retry_ = false;
            state_.kind = UploadState::Kind::sending;
        }
        try {
            renew_if_due();
            Uploader uploader(outbox_, station_key(config_), hub_key(config_), shell);
            const auto end = uploader.run();
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
            while (!ending_ && !retry_) {
                wake_.wait(guard, [this] { return ending_ || retry_ || !errands_.empty(); });
                run_errands(guard);
            }
            client.reset();  // a new certificate may have come
        }
    }
}

}  // namespace imloop::station
