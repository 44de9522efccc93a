#include "widgets/page/bound_state.h"

#include <QCryptographicHash>

#include <algorithm>

namespace vitrine
{
namespace
{

const QString kAbout = QStringLiteral("about");

bool holds(const QJsonObject& state, const QString& part)
{
    const QString inner = part.section('.', 1);
    const QJsonValue value = state[part.section('.', 0, 0)];
    return inner.isEmpty() ? !value.isUndefined() : value.toObject().contains(inner);
}

void drop(QJsonObject& state, const QString& part)
{
    const QString outer = part.section('.', 0, 0), inner = part.section('.', 1);
    if (inner.isEmpty()) {
        state.remove(outer);
        return;
    }
    QJsonObject object = state[outer].toObject();
    object.remove(inner);
    state[outer] = object;
}

} // namespace

QJsonObject BoundState::read(QJsonObject state) const
{
    // A state of before says nothing of its subject: it is taken for the one that is shown.
    if (!state.contains(kAbout) || state[kAbout].toString() == subject_)
        return state;
    for (const QString& part : parts_)
        if (holds(state, part))
            drop(state, part);
    state.remove(kAbout);
    return state;
}

QJsonObject BoundState::written(QJsonObject state) const
{
    if (std::ranges::any_of(parts_, [&](const QString& part) { return holds(state, part); }))
        state[kAbout] = subject_;
    else
        state.remove(kAbout);
    return state;
}

QString subjectOfTokens(const QStringList& tokens)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString& token : tokens) {
        const QByteArray text = token.toUtf8();
        hash.addData(QByteArray::number(text.size()) + ':' + text);
    }
    return QString::fromLatin1(hash.result().toHex().left(16));
}

} // namespace vitrine
