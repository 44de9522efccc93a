#pragma once

#include <QJsonObject>
#include <QStringList>

namespace vitrine
{

// Some parts of a view's state mean something only where they were made: a place in a text, a range
// of a plot's axis, what is tried with a run. A state that has such parts names under "about" what
// they belong to. Of anything else the view shows, those parts do not hold: a zoom does not outlive
// its text, and going back to the text finds it again.
class BoundState
{
public:
    // Keys of the parts, "selection.token" for one inside another.
    explicit BoundState(QStringList parts) : parts_(std::move(parts)) {}

    void setSubject(const QString& subject) { subject_ = subject; } // what is shown now

    QJsonObject read(QJsonObject state) const;    // without parts of other subjects
    QJsonObject written(QJsonObject state) const; // names the subject where it has such parts

private:
    QStringList parts_;
    QString subject_;
};

// What two texts of equal tokens, and no others, have in common.
QString subjectOfTokens(const QStringList& tokens);

} // namespace vitrine
