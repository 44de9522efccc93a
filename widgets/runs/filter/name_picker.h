#pragma once

#include <QPushButton>
#include <QStringList>

class QLineEdit;
class QListWidget;

namespace vitrine
{

// A button whose popup chooses among many names (metrics, parameters): typing narrows them, a tick
// takes one. The order is that of taking.
class NamePicker : public QPushButton
{
    Q_OBJECT
public:
    // `automatic`: the words for "nobody has chosen"; empty: there is no such choice.
    NamePicker(const QString& words, const QString& automatic, QWidget* parent);

    void setNames(const QStringList& names);
    void setChosen(const QStringList& names); // emits nothing; empty: automatic
    QStringList chosen() const { return chosen_; }

signals:
    void chosenChanged(const QStringList& names);

private:
    void fill();
    void open();
    void narrow(const QString& typed);

    QString automatic_;
    QStringList names_, chosen_;
    QWidget* popup_;
    QLineEdit* line_;
    QListWidget* list_;
    bool filling_ = false;
};

} // namespace vitrine
