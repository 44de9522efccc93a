#pragma once

#include <QString>
#include <QWidget>

#include <initializer_list>
#include <vector>

class QBoxLayout;
class QLabel;
class QVBoxLayout;

namespace vitrine
{
class Panel;
class SegmentedSwitch;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

// Pages of cards, one of them shown, with a switch of their names, which the view places. Cards of
// a row are as wide as each other, and stand below each other in a narrow window. A page whose
// cards are all hidden says that there is nothing.
class CardPages : public QWidget
{
    Q_OBJECT
public:
    CardPages(const QString& switchName, QWidget* parent);

    SegmentedSwitch* chooser() const { return chooser_; }
    // `missing` is said where there is nothing; empty: that the runs kept none of it.
    void addPage(const QString& key, const QString& word, const QString& help,
                 const QString& missing = {});
    void addRow(std::initializer_list<Panel*> cards, int stretch); // to the page added last
    void addSpace(); // what the rows of the page added last leave over is below them
    // The page of this key, the first where there is none. Gives its key.
    QString show(const QString& key);
    void fitWidth(int width); // of the view

signals:
    void chosen(const QString& key, const QString& word); // an empty key: the first page

private:
    struct Page {
        QString key, word, help;
        QWidget* page = nullptr;
        QVBoxLayout* column = nullptr;
        QLabel* missing = nullptr;
        std::vector<QWidget*> cards = {};
    };
    SegmentedSwitch* chooser_;
    std::vector<Page> pages_;
    std::vector<QBoxLayout*> rows_;
};

} // namespace vitrine::quantization_plugin
