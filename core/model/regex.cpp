#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/model/regex.h"

#include "core/tensor/printable.h"

#include <array>
#include <pcre2.h>

namespace vitrine::model
{
namespace
{

constexpr std::size_t kPatternLimit = 16 << 10;
constexpr std::uint32_t kMatchLimit =
    10'000'000; // steps within one match: seconds, where real patterns need thousands
constexpr std::uint32_t kHeapLimitKib = 64 << 10;
constexpr std::size_t kStackStart = 32 << 10, kStackLimit = 8 << 20;

Result<std::shared_ptr<void>> compiled(std::string_view pattern, std::uint32_t options)
{
    if (pattern.size() > kPatternLimit)
        return inputError("a pattern of {} bytes is too long, at most {} are allowed",
                          pattern.size(), kPatternLimit);
    int error = 0;
    PCRE2_SIZE at = 0;
    pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                     options, &error, &at, nullptr);
    if (!code) {
        std::array<PCRE2_UCHAR, 256> message{};
        pcre2_get_error_message(error, message.data(), message.size());
        return inputError("the pattern \"{}\" is not understood: {} at byte {}", printable(pattern),
                          printable(reinterpret_cast<const char*>(message.data()), 200), at);
    }
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); // where it fails, the interpreter does the work
    return std::shared_ptr<void>(code,
                                 [](void* c) { pcre2_code_free(static_cast<pcre2_code*>(c)); });
}

} // namespace

Result<Regex> Regex::compile(std::string_view pattern)
{
    Regex regex;
    VITRINE_TRY(regex.code_, compiled(pattern, PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C));
    return regex;
}

Result<Regex> Regex::literal(std::string_view text)
{
    Regex regex;
    VITRINE_TRY(regex.code_, compiled(text, PCRE2_UTF | PCRE2_LITERAL));
    return regex;
}

struct Regex::Search::Private {
    std::shared_ptr<void> code;
    std::string_view text;
    pcre2_match_data* data = nullptr;
    pcre2_match_context* context = nullptr;
    pcre2_jit_stack* stack = nullptr;

    ~Private()
    {
        pcre2_match_data_free(data);
        pcre2_match_context_free(context);
        pcre2_jit_stack_free(stack);
    }
};

Regex::Search::Search(const Regex& regex, std::string_view text) : d_(std::make_unique<Private>())
{
    d_->code = regex.code_;
    d_->text = text;
    d_->data =
        pcre2_match_data_create_from_pattern(static_cast<pcre2_code*>(d_->code.get()), nullptr);
    d_->context = pcre2_match_context_create(nullptr);
    d_->stack = pcre2_jit_stack_create(kStackStart, kStackLimit, nullptr);
    pcre2_set_match_limit(d_->context, kMatchLimit);
    pcre2_set_heap_limit(d_->context, kHeapLimitKib);
    pcre2_jit_stack_assign(d_->context, nullptr, d_->stack);
}

Regex::Search::~Search() = default;
Regex::Search::Search(Search&&) noexcept = default;

Result<std::optional<Regex::Match>> Regex::Search::next(std::size_t from)
{
    const int found = pcre2_match(static_cast<pcre2_code*>(d_->code.get()),
                                  reinterpret_cast<PCRE2_SPTR>(d_->text.data()), d_->text.size(),
                                  from, PCRE2_NO_UTF_CHECK, d_->data, d_->context);
    if (found == PCRE2_ERROR_NOMATCH)
        return std::optional<Match>{};
    if (found < 0)
        return failure("the tokenizer's pattern costs too much on this text (PCRE2 error {})",
                       found);
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(d_->data);
    if (ends[0] > ends[1]) // \K in a lookahead can do this
        return failure("the tokenizer's pattern ends a match before it begins");
    return std::optional<Match>({ends[0], ends[1]});
}

} // namespace vitrine::model
