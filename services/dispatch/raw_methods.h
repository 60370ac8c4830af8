// How a service takes its requests: as bytes, so that nothing is read of them before it is known
// who calls.
#ifndef BATON_DISPATCH_RAW_METHODS_H_
#define BATON_DISPATCH_RAW_METHODS_H_

namespace baton::dispatch {

template <typename Service, template <typename> typename... Methods>
struct RawMethodsOf {
  using Type = Service;
};

template <typename Service, template <typename> typename First,
          template <typename> typename... Others>
struct RawMethodsOf<Service, First, Others...> {
  using Type = First<typename RawMethodsOf<Service, Others...>::Type>;
};

// The base of an implementation of `Service` (v1::LeadService::Service): `Methods` are those that
// it has (v1::LeadService::WithRawCallbackMethod_GetLead, ...), all of them.
template <typename Service, template <typename> typename... Methods>
using RawMethods = typename RawMethodsOf<Service, Methods...>::Type;

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_RAW_METHODS_H_
