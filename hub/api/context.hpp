// What a call is given: who asks, how far they may see, what they ask, when, and a view of what is stored that is its
// own.
#pragma once

#include <utility>

#include "hub/api/request.hpp"
#include "hub/hub.hpp"

namespace imloop::hub {

/// One thread's at a time.
struct Context {
    Context(Hub& of, Scope scope_, Request request_, Caller caller_ = {})
        : hub(of),
          caller(std::move(caller_)),
          scope(std::move(scope_)),
          request(std::move(request_)),
          now(of.options.now()) {}

    Hub& hub;
    Caller caller;  ///< empty: an operator, or someone without a certificate
    Scope scope;
    Request request;
    loop::Moment now;

    /// Within the scope, and of one moment from the first time on.
    Reader& reader() {
        if (!lent_) lent_ = hub.readers.now(scope);
        return *lent_;
    }
    /// Lets go of it: what comes behind sees what was written meanwhile, and the writer may tidy the store.
    void release() { lent_.reset(); }

private:
    Readers::Lent lent_;
};

}  // namespace imloop::hub
