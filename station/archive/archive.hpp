// The archive's upload interface as shop software calls it: which path is which service in which dialect, who is
// asking, and what became of the repair. `code` "1" is only said of what is durable in the outbox. Not thread safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "station/archive/guesses.hpp"
#include "station/archive/orders.hpp"
#include "station/archive/tokens.hpp"

namespace imloop::station::archive {

struct Call {
    std::string method;
    std::string target;  ///< with its query
    std::string content_type;
    std::string body;
    std::string address = {};  ///< of who asks
};

struct Reply {
    int status = 200;
    std::string type = "application/json;charset=UTF-8";
    std::string body;
    int retry_after = 0;  ///< seconds; 0: not said
};

class Archive {
public:
    struct Shell {
        std::function<loop::Moment()> now;
        std::function<void()> appended;
        std::function<void(const std::string&)> say;  ///< to the operator: what kept a record from being saved
    };
    /// `source`: whose outbox it is, and who the hub judges by.
    Archive(Outbox&, std::string source, std::vector<ArchiveShop>, Shell);

    Reply answer(const Call&);

private:
    struct Said {
        bool taken = false;
        std::string status;
        AnswerMembers more;
        int retry_after = 0;  ///< seconds
    };
    Said token(const Message&, const std::string& address);
    Said account(const Message&, const std::string& address);
    std::optional<Said> too_many(const std::string& company_code, const std::string& address) const;
    Said repair(const Message&);
    const ArchiveShop* shop_of(const std::string& company_code, const Message&) const;

    Outbox& outbox_;
    std::string source_;
    std::vector<ArchiveShop> shops_;
    Shell shell_;
    Orders orders_;
    Tokens tokens_;
    Guesses guesses_;
};

}  // namespace imloop::station::archive
