// How far random walks and large inputs go.
#ifndef BATON_TESTS_SUPPORT_WALK_LENGTH_H_
#define BATON_TESTS_SUPPORT_WALK_LENGTH_H_

namespace baton::support {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

// `whole`, or a tenth of it with a sanitizer, which looks at each line and not at each number.
constexpr int WalkLength(int whole) {
  return kIsSanitized ? whole / 10 : whole;
}

}  // namespace baton::support

#endif  // BATON_TESTS_SUPPORT_WALK_LENGTH_H_
