// What a shop's file leaves open: asked of a person, never guessed. An answer goes by the question's key.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace imloop::station::intake {

struct ShopQuestion {
    struct Option {
        std::string value, zh, en;
    };
    std::string key;  ///< `column:5`, `hidden`, `status:退款`, `equal:` and the number of the order
    std::string zh, en;
    std::vector<Option> options;  ///< the first holds where nobody has answered
};

/// By key; what is no option of the question is as if not answered.
using ShopAnswers = std::map<std::string, std::string>;

/// The answer, or the first option.
std::string answer_to(const ShopQuestion&, const ShopAnswers&);

}  // namespace imloop::station::intake
