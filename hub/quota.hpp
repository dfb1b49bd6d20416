// An amount of something there is a limit of, in all and for each who takes of it: connections, bytes on their way. It
// is taken before the thing itself is, and given back when its holder goes. Thread safe.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace imloop::hub {

class Quota {
public:
    Quota(std::size_t all_max, std::size_t each_max) : all_max_(all_max), each_max_(each_max) {}
    explicit Quota(std::size_t all_max) : Quota(all_max, all_max) {}
    Quota(const Quota&) = delete;
    Quota& operator=(const Quota&) = delete;

    /// What one holder has of it. Does not outlive its quota.
    class Held {
    public:
        Held(Held&& other) noexcept
            : of_(std::exchange(other.of_, nullptr)), who_(std::move(other.who_)), amount_(other.amount_) {}
        Held& operator=(Held&&) noexcept;
        ~Held();
        /// Holds this much from now on. False, and nothing is changed, where it is more than there is.
        bool hold(std::size_t amount);

    private:
        friend class Quota;
        Held(Quota* of, std::string who, std::size_t amount) : of_(of), who_(std::move(who)), amount_(amount) {}
        Quota* of_;
        std::string who_;
        std::size_t amount_;
    };

    /// Nothing where it would be more than the limit in all, or for `who`.
    std::optional<Held> take(std::size_t amount, const std::string& who = {});
    std::size_t held() const;
    std::size_t peak() const;  ///< the most that was held at a time

private:
    bool change(const std::string& who, std::size_t from, std::size_t to);

    const std::size_t all_max_, each_max_;
    mutable std::mutex mutex_;
    std::map<std::string, std::size_t> each_;  ///< of those who hold any
    std::size_t held_ = 0, peak_ = 0;
};

}  // namespace imloop::hub
