#include "plugins/common/view/words.h"

#include "core/base/format.h"
#include "widgets/theme/text.h"

namespace vitrine
{

QString headName(model::LayerHead head)
{
    return QStringLiteral("layer %1 · head %2").arg(head.layer).arg(head.head);
}

QString tokenName(const QStringList& tokens, std::int64_t token)
{
    return token >= 0 && token < tokens.size()
               ? QStringLiteral("“%1”").arg(tokens[static_cast<qsizetype>(token)])
               : QString();
}

QString numberText(double value)
{
    return fromUtf8(significant(value, 4));
}

QString shortText(double value)
{
    return fromUtf8(significant(value, 2));
}

} // namespace vitrine
