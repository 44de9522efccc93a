#pragma once

#include "core/model/tokenizer.h"

namespace vitrine::model
{

// A tokenizer whose special tokens a neighbouring tokenizer_config.json may still settle.
class ConfigurableTokenizer : public Tokenizer
{
public:
    virtual std::optional<std::int32_t> find(std::string_view token) const = 0;
    virtual void setBos(std::int32_t id) = 0;
    virtual void setEos(std::int32_t id) = 0;
    virtual void setAddsBos(bool adds) = 0;
};

Result<std::unique_ptr<ConfigurableTokenizer>> makeJsonTokenizer(std::string_view text,
                                                                 std::string_view name);

} // namespace vitrine::model
