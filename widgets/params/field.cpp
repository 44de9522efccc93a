#include "widgets/params/field.h"

#include <QStyle>

#include "widgets/params/number_field.h"
#include "widgets/params/text_fields.h"

namespace vitrine
{

void Field::setInvalid(bool invalid)
{
    if (input()->property("invalid").toBool() == invalid)
        return;
    input()->setProperty("invalid", invalid);
    input()->style()->unpolish(input());
    input()->style()->polish(input());
}

Field* createField(const ParamSpec& spec, QWidget* parent)
{
    switch (spec.type) {
    case ParamType::boolean:
        return new SwitchField(spec, parent);
    case ParamType::integer:
    case ParamType::real:
    case ParamType::integers:
        return new NumberField(spec, parent);
    case ParamType::choice:
        return new ChoiceField(spec, parent);
    case ParamType::file:
    case ParamType::model:
        return new PathField(spec, parent);
    case ParamType::text:
        break;
    }
    if (spec.multiline)
        return new PromptField(parent);
    return new LineField(parent);
}

} // namespace vitrine
