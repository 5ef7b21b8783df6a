-- names.lua: what people at Oakfield are called, and the streets they live in.
--
-- Made up, of the many origins found in an English primary school, with every
-- apostrophe, hyphen and accent that software must not lose. Surnames that change
-- with sex are left out. `weight` is an origin's share of the families; `festival` is
-- kept by most of them.

local names = {}

names.origins = {
  {
    weight = 56, language = "English",
    girls = { "Olivia", "Amelia", "Isla", "Ava", "Ivy", "Freya", "Lily", "Florence", "Mia",
      "Willow", "Rosie", "Sophia", "Isabella", "Grace", "Daisy", "Sienna", "Poppy", "Elsie",
      "Emily", "Ella", "Evelyn", "Phoebe", "Evie", "Charlotte", "Harper", "Millie", "Matilda",
      "Maya", "Sophie", "Alice", "Isabelle", "Ruby", "Luna", "Esme", "Chloë", "Zoë", "Imogen",
      "Harriet", "Martha", "Lottie-Mae" },
    boys = { "Noah", "George", "Oliver", "Arthur", "Leo", "Harry", "Oscar", "Archie", "Henry",
      "Theodore", "Freddie", "Jack", "Charlie", "Theo", "Alfie", "Jacob", "Thomas", "Finley",
      "Arlo", "William", "Lucas", "Roman", "Tommy", "Isaac", "Teddy", "Alexander", "Luca",
      "Edward", "James", "Joshua", "Albie", "Elijah", "Max", "Reuben", "Sebastian", "Daniel",
      "Jude", "Ezra", "Stanley", "Billy-Joe" },
    women = { "Sarah", "Emma", "Laura", "Rebecca", "Gemma", "Rachel", "Kelly", "Victoria",
      "Katherine", "Lisa", "Michelle", "Nicola", "Hayley", "Amy", "Charlotte", "Lauren", "Jade",
      "Stacey", "Natalie", "Holly", "Zoë", "Donna", "Kirsty", "Leanne", "Abigail", "Hannah",
      "Jodie", "Samantha" },
    men = { "David", "Paul", "Andrew", "Mark", "James", "Christopher", "Daniel", "Matthew",
      "Michael", "Lee", "Simon", "Ben", "Thomas", "Adam", "Ryan", "Craig", "Stuart", "Luke",
      "Robert", "Steven", "Gary", "Scott", "Jonathan", "Dean", "Carl", "Martin", "Nathan",
      "Ashley" },
    surnames = { "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies",
      "Patterson", "Wright", "Walker", "White", "Edwards", "Hughes", "Green", "Hall", "Lewis",
      "Harris", "Clarke", "Jackson", "Wood", "Turner", "Martin", "Cooper", "Hill", "Ward",
      "Morris", "Moore", "Clark", "Baker", "Harrison", "King", "Morgan", "Allen", "James",
      "Scott", "Phillips", "Watson", "Parker", "Bennett", "Young", "Griffiths", "Mitchell",
      "Kelly", "Cook", "Carter", "Richardson", "Bailey", "Collins", "Bell", "Shaw", "Miller",
      "Cox", "Marshall", "Anderson", "Mills", "Palmer", "Mason", "Hunt", "Holmes", "Webb",
      "Rogers", "Gibson", "Wells", "Barnes", "Knight", "Lloyd", "Butler", "Fisher", "Barker",
      "Stevens", "Jenkins", "Dixon", "Fletcher", "Hunter", "Hart", "Gardner", "Bird", "Ambrose",
      "Thorogood", "Rayner", "Pettit", "Mead", "Cracknell", "Tyler", "Eves" },
  },
  {
    weight = 5, language = "English",
    girls = { "Aoife", "Niamh", "Saoirse", "Róisín", "Éabha", "Sinéad" },
    boys = { "Oisín", "Cillian", "Seán", "Fionn", "Conor", "Pádraig" },
    women = { "Siobhán", "Orla", "Ciara", "Gráinne", "Bridget" },
    men = { "Declan", "Eoin", "Kieran", "Brendan", "Ruairí" },
    surnames = { "O'Brien", "O'Neill", "Murphy", "Byrne", "O'Sullivan", "McCarthy", "Doyle",
      "D'Arcy", "Nolan" },
  },
  {
    weight = 3, language = "English",
    girls = { "Carys", "Seren", "Eilidh", "Mairi", "Ffion", "Cerys" },
    boys = { "Rhys", "Callum", "Hamish", "Llŷr", "Gethin", "Fergus" },
    women = { "Siân", "Angharad", "Fiona", "Catrin", "Morag" },
    men = { "Gareth", "Iain", "Dylan", "Alasdair", "Hywel" },
    surnames = { "Pugh", "MacDonald", "Llewellyn", "M'Clure", "ap Rhys", "Bowen", "McLeod" },
  },
  {
    weight = 6, language = "Polish",
    girls = { "Zuzanna", "Maja", "Lena", "Hanna", "Łucja", "Zofia" },
    boys = { "Jakub", "Szymon", "Michał", "Łukasz", "Stanisław", "Kacper" },
    women = { "Agnieszka", "Małgorzata", "Joanna", "Katarzyna", "Monika" },
    men = { "Piotr", "Tomasz", "Paweł", "Krzysztof", "Marcin" },
    surnames = { "Nowak", "Wójcik", "Kaczmarek", "Woźniak", "Mazur", "Zając", "Wróbel",
      "Pietrzyk", "Gołąb" },
  },
  {
    weight = 5, language = "Romanian",
    girls = { "Ioana", "Sofia", "Ștefania", "Mălina", "Bianca" },
    boys = { "Andrei", "Ștefan", "Luca", "Răzvan", "Matei" },
    women = { "Elena", "Mihaela", "Cristina", "Alina", "Andreea" },
    men = { "Ionuț", "Gheorghe", "Florin", "Cătălin", "Vasile" },
    surnames = { "Popescu", "Ionescu", "Țurcanu", "Brânză", "Dumitru", "Stănescu", "Gîrleanu" },
  },
  {
    weight = 3, language = "Urdu", festival = "eid",
    girls = { "Aisha", "Zainab", "Fatima", "Maryam", "Hafsa" },
    boys = { "Muhammad", "Ibrahim", "Yusuf", "Hamza", "Bilal" },
    women = { "Saima", "Shazia", "Nadia", "Rukhsana", "Samina" },
    men = { "Imran", "Asif", "Kashif", "Tariq", "Nadeem" },
    surnames = { "Khan", "Hussain", "Ahmed", "Malik", "Iqbal", "Mahmood", "Chaudhry" },
  },
  {
    weight = 3, language = "Bengali", festival = "eid",
    girls = { "Nusrat", "Anika", "Tasnim", "Sumaiya" },
    boys = { "Rahim", "Tahmid", "Rayhan", "Zayan" },
    women = { "Shirin", "Farzana", "Rehana", "Nasima" },
    men = { "Abdul", "Shahid", "Kamal", "Rafiq" },
    surnames = { "Rahman", "Miah", "Chowdhury", "Islam", "Uddin", "Haque" },
  },
  {
    weight = 2, language = "Panjabi",
    girls = { "Simran", "Jasleen", "Harleen", "Gurpreet" },
    boys = { "Arjan", "Harvir", "Jovan", "Gurdeep" },
    women = { "Manpreet", "Kulwinder", "Amarjit", "Jaspreet" },
    men = { "Harjit", "Balwinder", "Sukhdeep", "Amrik" },
    surnames = { "Dhillon", "Sandhu", "Gill", "Bains", "Johal" },
  },
  {
    weight = 3, language = "Gujarati", festival = "diwali",
    girls = { "Anaya", "Diya", "Riya", "Kavya", "Mira" },
    boys = { "Aarav", "Dev", "Vihaan", "Rohan", "Krish" },
    women = { "Priya", "Hetal", "Nisha", "Bhavna" },
    men = { "Nikhil", "Hitesh", "Jignesh", "Vishal" },
    surnames = { "Patel", "Shah", "Desai", "Mistry", "Joshi", "Mehta" },
  },
  {
    weight = 2, language = "Tamil", festival = "diwali",
    girls = { "Kavitha", "Nila", "Tharani" },
    boys = { "Arun", "Kumaran", "Pranav" },
    women = { "Lakshmi", "Revathi", "Sumathi" },
    men = { "Suresh", "Karthik", "Ramesh" },
    surnames = { "Subramaniam", "Sivakumar", "Balasubramanian", "Rajan" },
  },
  {
    weight = 2, language = "Malayalam",
    girls = { "Anna", "Diya", "Neha" }, boys = { "Joel", "Aaron", "Abin" },
    women = { "Sheeba", "Bindu", "Jisha" }, men = { "Biju", "Saji", "Jobin" },
    surnames = { "D'Souza", "Thomas", "Kurian", "Varghese" },
  },
  {
    weight = 4, language = "English",
    girls = { "Temiloluwa", "Adaeze", "Chidinma", "Folasade", "Ifeoma" },
    boys = { "Oluwaseun", "Chukwuemeka", "Tobi", "Ayọ̀", "Emeka" },
    women = { "Ngozi", "Funmilayo", "Blessing", "Chioma" },
    men = { "Olumide", "Chinedu", "Babajide", "Ikenna" },
    surnames = { "Okafor", "Adeyemi", "Ogunleye", "Nwosu", "Balogun", "Eze", "Adébáyọ̀" },
  },
  {
    weight = 2, language = "Twi",
    girls = { "Akosua", "Ama", "Abena" }, boys = { "Kwame", "Kofi", "Yaw" },
    women = { "Adwoa", "Efua", "Grace" }, men = { "Kwabena", "Emmanuel", "Kwasi" },
    surnames = { "Mensah", "Owusu", "Boateng", "Asante-Yeboah" },
  },
  {
    weight = 1, language = "Somali", festival = "eid",
    girls = { "Hodan", "Ayaan", "Ifrah" }, boys = { "Abdi", "Liban", "Guled" },
    women = { "Faduma", "Hibo", "Sahra" }, men = { "Mohamud", "Farah", "Omar" },
    surnames = { "Warsame", "Abdullahi", "Jama" },
  },
  {
    weight = 1, language = "Turkish", festival = "eid",
    girls = { "Elif", "Zeynep", "Ayşe" }, boys = { "Emir", "Yiğit", "Çağan" },
    women = { "Gülşen", "Özlem", "Fatma" }, men = { "Mehmet", "Oğuz", "Hüseyin" },
    surnames = { "Yılmaz", "Öztürk", "Şahin", "Çelik" },
  },
  {
    weight = 2, language = "Portuguese",
    girls = { "Beatriz", "Inês", "Leonor" }, boys = { "João", "Tomás", "Gonçalo" },
    women = { "Conceição", "Márcia", "Fernanda" }, men = { "António", "Rui", "Sérgio" },
    surnames = { "da Silva", "Gonçalves", "Magalhães", "Simões" },
  },
  {
    weight = 1, language = "Spanish",
    girls = { "Lucía", "Begoña", "Ximena" }, boys = { "Íñigo", "Mateo", "Andrés" },
    women = { "Pilar", "Verónica", "Marisol" }, men = { "Ramón", "Jesús", "Joaquín" },
    surnames = { "Núñez", "García-Ibáñez", "Muñoz" },
  },
  {
    weight = 1, language = "French",
    girls = { "Maëlle", "Anaïs", "Héloïse" }, boys = { "Étienne", "Loïc", "Benoît" },
    women = { "Françoise", "Aminata", "Cécile" }, men = { "Ousmane", "François", "Gaël" },
    surnames = { "N'Diaye", "Lefèbvre", "N'Guessan" },
  },
  {
    weight = 2, language = "Ukrainian",
    girls = { "Solomiia", "Daryna", "Zlata" }, boys = { "Danylo", "Bohdan", "Nazar" },
    women = { "Oksana", "Iryna", "Nataliia" }, men = { "Serhii", "Taras", "Andrii" },
    surnames = { "Shevchenko", "Bondarenko", "Kovalenko", "Hryhorenko" },
  },
  {
    weight = 2, language = "Cantonese",
    girls = { "Hei Tung", "Tsz Ching", "Chloe" }, boys = { "Ho Yin", "Chun Hei", "Jayden" },
    women = { "Wai Yee", "Ka Man", "Mei Ling" }, men = { "Chi Ming", "Kwok Wai", "Ka Ho" },
    surnames = { "Chan", "Wong", "Cheung", "Lam" },
  },
  {
    weight = 1, language = "Vietnamese",
    girls = { "Thảo", "Ngọc" }, boys = { "Đức", "Minh" },
    women = { "Hạnh", "Phương" }, men = { "Tuấn", "Quang" },
    surnames = { "Nguyễn", "Trần", "Phạm" },
  },
  {
    weight = 1, language = "German",
    girls = { "Käthe", "Frieda" }, boys = { "Jürgen", "Björn" },
    women = { "Anneliese", "Birgit" }, men = { "Jörg", "Günther" },
    surnames = { "Müller", "Groß", "von Bülow" },
  },
}

names.streets = { "Mill Lane", "Oak Road", "Church Street", "The Green", "Station Road",
  "Priory Close", "Meadow Way", "Sheering Rise", "Kiln Field", "St Botolph's Walk",
  "Saffron Court", "Ferry Lane", "Long Acre", "Quaker's End", "Windmill Hill", "Brick Kiln Lane",
  "Hop Gardens", "Marsh View" }

names.place = "Oakfield, Essex"

-- Letters beyond ASCII, as people spell them in an email address.
local plain = {
  { "a", "áàâäãåăąảạấầÁÀÂÄÃÅĂĄ" }, { "c", "çćčÇĆČ" }, { "d", "đĐ" }, { "e", "éèêëęễẹÉÈÊËĘ" },
  { "g", "ğĞ" }, { "i", "íìîïıÍÌÎÏİ" }, { "l", "łŁ" }, { "n", "ñńÑŃ" }, { "o", "óòôöõøọơÓÒÔÖÕØ" },
  { "s", "śşșŚŞȘ" }, { "t", "țŢȚ" }, { "u", "úùûüưứÚÙÛÜ" }, { "y", "ýŷÝ" }, { "z", "źżžŹŻŽ" },
  { "ss", "ß" },
}

local plain_of = {}
for _, entry in ipairs(plain) do
  for letter in entry[2]:gmatch(utf8.charpattern) do plain_of[letter] = entry[1] end
end

-- A name in lower-case letters a to z only: "Brânză" becomes "branza".
function names.ascii(name)
  local folded = name:gsub(utf8.charpattern, function(letter) return plain_of[letter] end)
  return (folded:lower():gsub("[^a-z]", ""))
end

return names
