/** Words for the app `words` in English: common nouns of at least five letters. */
export const englishWords = `
  anchor apple autumn bakery balloon basket beach blanket bottle bread bridge bucket butter button candle carpet
  castle chair cheese cherry cloud coffee corner cotton cradle dinner dolphin donkey feather finger flower forest
  garden garlic guitar hammer harbour honey island jacket kettle kitchen ladder lantern lemon letter library market
  meadow mirror morning mountain needle orange orchard oyster pencil pepper pigeon pillow planet pocket potato
  puddle rabbit ribbon river rocket saddle shadow silver spoon station stone street summer table thunder ticket
  tomato tunnel valley village violin whistle window winter
`
