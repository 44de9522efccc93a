#pragma once

#include "core/model/llm/llm.h"
#include "widgets/matrix/item_grid.h"

#include <QString>
#include <QStringList>

// How views of attention maps write heads, tokens and numbers.
namespace vitrine
{

QString headName(model::LayerHead head);                          // "layer 3 · head 5"
QString tokenName(const QStringList& tokens, std::int64_t token); // “peace”; empty beyond them
QString numberText(double value); // 4 digits, a true minus sign, "–" for none
QString shortText(double value);  // 2 digits

// A head's place in a grid of heads.
inline ItemId itemOf(model::LayerHead head)
{
    return {head.layer, head.head};
}
inline model::LayerHead headOf(ItemId item)
{
    return {item.row, item.column};
}

} // namespace vitrine
